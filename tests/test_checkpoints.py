import os
import stat
import time
from contextlib import suppress

import pytest

from review import checkpoints
from review.errors import OutputError

SETTINGS = {"engine": "faster-whisper", "model": "base"}


class PowerCut(Exception):
    pass


def open_kept(folder, settings=SETTINGS):
    return checkpoints.kept(folder, recording="ab" * 32, settings=settings)


def crash(folder, entries, settings=SETTINGS):
    with suppress(PowerCut), open_kept(folder, settings) as done:
        for key, value in entries.items():
            done[key] = value
        raise PowerCut


def test_what_was_kept_is_there_after_a_crash(tmp_path):
    crash(tmp_path, {"0-300": [["Stop.", 1.0, 1.4, 0.9]], "language": "en"})
    with open_kept(tmp_path) as done:
        assert done == {"0-300": [["Stop.", 1.0, 1.4, 0.9]], "language": "en"}


def test_nothing_is_left_behind_when_the_recording_is_done(tmp_path):
    with open_kept(tmp_path) as done:
        done["0-300"] = ["word"]
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_line_cut_off_by_a_crash_costs_only_itself(tmp_path):
    crash(tmp_path, {"first": 1, "second": 2})
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-4])
    crash(tmp_path, {"third": 3})
    with open_kept(tmp_path) as done:
        assert done == {"first": 1, "third": 3}


def test_other_settings_have_another_checkpoint(tmp_path):
    crash(tmp_path, {"first": 1})
    with open_kept(tmp_path, {**SETTINGS, "model": "small.en"}) as done:
        assert done == {}


def test_only_the_owner_can_read_the_words(tmp_path):
    crash(tmp_path, {"first": 1})
    [path] = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_nobody_came_back_for_is_removed(tmp_path):
    old = tmp_path / "old.jsonl"
    old.write_text("[]")
    long_ago = time.time() - checkpoints.FORGOTTEN - 60
    os.utime(old, (long_ago, long_ago))
    with open_kept(tmp_path):
        assert not old.exists()


def test_without_a_folder_nothing_reaches_the_disk(tmp_path):
    with open_kept(None) as done:
        done["first"] = 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("")
    with pytest.raises(OutputError, match="taken"), open_kept(taken / "inside"):
        pass

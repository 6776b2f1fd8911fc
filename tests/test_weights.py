"""Where model files are, and that none is used which is not the one of its card."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from review import meaning, weights
from review.errors import AlteredModel, MissingModel
from review.speakers import segmentation, signatures
from review.weights import State

PARTS = {"one": b"first half, ", "two": b"second half"}
WHOLE = b"".join(PARTS.values())


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with one small model that lies there and one that is joined from two installed packages."""
    folder = tmp_path / "models"
    site = tmp_path / "site"
    for name, content in PARTS.items():
        (site / f"toy_part_{name}").mkdir(parents=True)
        (site / f"toy_part_{name}" / "__init__.py").write_text("raise RuntimeError('a data package was imported')")
        (site / f"toy_part_{name}" / "data.bin").write_bytes(content)
    card(folder / "toy-joined", WHOLE, 'parts = ["toy_part_one/data.bin", "toy_part_two/data.bin"]')
    card(folder / "toy-beside", b"weights", "")
    (folder / "toy-beside" / "model.bin").write_bytes(b"weights")
    monkeypatch.setattr(weights, "models_folder", lambda: folder)
    monkeypatch.setenv(weights.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(site)
    return folder


def card(folder: Path, content: bytes, where: str) -> None:
    folder.mkdir(parents=True)
    (folder / "card.toml").write_text(
        f"""
        name = "{folder.name}"
        job = "toy"
        version = "1"
        what = "a toy"
        source = "this test"
        licence = "MIT"
        packages = {'["toy-parts==1.0"]' if where else "[]"}
        [[files]]
        name = "model.bin"
        bytes = {len(content)}
        sha256 = "{hashlib.sha256(content).hexdigest()}"
        {where}
        """
    )


def state_of(name: str) -> weights.Check:
    [check] = weights.verify(weights.card(name))
    return check


def test_every_bundled_model_is_the_one_of_its_card():
    checks = [(one.name, check.file.name, check.state) for one in weights.cards() for check in weights.verify(one)]
    assert {name for name, _, _ in checks} >= {
        "whisper-base",
        "pyannote-segmentation-3.0",
        "campplus-zh-en-common-advanced",
        "en_core_web_sm",
    }
    assert [check for check in checks if check[2] is not State.PRESENT] == []


def test_every_card_says_what_was_measured_and_how_the_model_fails():
    for one in weights.cards():
        assert one.what, one.name
        assert one.source, one.name
        assert one.licence in {"MIT", "Apache-2.0"}
        assert one.measured, one.name
        assert one.known_failures, one.name


def test_parts_are_joined_once_without_importing_their_packages(models: Path):
    done: list[float] = []
    [check] = weights.verify(weights.card("toy-joined"), progress=done.append)
    assert check.state is State.PRESENT
    assert check.path.read_bytes() == WHOLE
    assert done[-1] == 1.0
    assert not {"toy_part_one", "toy_part_two"} & set(sys.modules)
    joined = check.path.stat().st_mtime_ns
    assert state_of("toy-joined").path.stat().st_mtime_ns == joined


def test_a_missing_part_is_named_with_the_command_that_gets_it(models: Path):
    shutil.rmtree(models.parent / "site" / "toy_part_two")
    check = state_of("toy-joined")
    assert check.state is State.MISSING
    assert "toy_part_two" in str(check.path)
    assert check.advice == "pip install toy-parts==1.0"


def test_parts_that_do_not_make_the_whole_leave_nothing_behind(models: Path, tmp_path: Path):
    (models.parent / "site" / "toy_part_two" / "data.bin").write_bytes(b"second half!")
    with pytest.raises(AlteredModel, match=r"model\.bin do not make the file of its card.*--force-reinstall"):
        state_of("toy-joined")
    assert list((tmp_path / "cache" / "toy-joined").iterdir()) == []


def test_a_join_that_breaks_off_leaves_nothing_behind(models: Path, tmp_path: Path):
    def interrupt(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        weights.verify(weights.card("toy-joined"), progress=interrupt)
    assert list((tmp_path / "cache" / "toy-joined").iterdir()) == []


def test_what_a_killed_process_left_half_joined_is_swept_up(models: Path, tmp_path: Path):
    left = tmp_path / "cache" / "toy-joined" / "tmpabc.joining"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"first")
    os.utime(left, (0, 0))
    assert state_of("toy-joined").state is State.PRESENT
    assert not left.exists()


def test_a_cache_that_cannot_be_written_says_where_else_to_put_it(models: Path, tmp_path: Path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(MissingModel, match=r"could not be written.*BODYCAM_REVIEW_MODELS"):
        state_of("toy-joined")


@pytest.mark.parametrize("spoilt", [WHOLE[:-1], WHOLE.replace(b"second", b"sekond"), b""])
def test_an_altered_joined_file_is_told_and_never_silently_replaced(models: Path, spoilt: bytes):
    path = state_of("toy-joined").path
    path.write_bytes(spoilt)
    check = state_of("toy-joined")
    assert check.state is State.ALTERED
    assert "delete it and run again" in check.advice
    assert path.read_bytes() == spoilt


def test_an_altered_file_beside_its_card_is_told(models: Path):
    assert state_of("toy-beside").state is State.PRESENT
    (models / "toy-beside" / "model.bin").write_bytes(b"weightz")
    assert state_of("toy-beside").state is State.ALTERED


def test_an_optional_model_has_a_card_only_where_its_package_is_installed(models: Path):
    folder = models / "toy-optional"
    card(folder, PARTS["one"], 'package = "toy_part_one"')
    path = folder / "card.toml"
    path.write_text("optional = true\n" + path.read_text().replace("model.bin", "data.bin"))
    assert state_of("toy-optional").state is State.PRESENT
    path.write_text(path.read_text().replace("toy_part_one", "toy_part_three"))
    assert "toy-optional" not in {one.name for one in weights.cards()}


def test_a_missing_file_beside_its_card_is_told(models: Path):
    (models / "toy-beside" / "model.bin").unlink()
    assert state_of("toy-beside").state is State.MISSING


def test_an_altered_speech_model_is_never_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    whole = weights.speech_model("base")
    assert whole is not None
    altered = tmp_path / "whisper-base"
    altered.mkdir()
    for file in whole.path.iterdir():
        (altered / file.name).write_bytes(file.read_bytes()[:-1] if file.name == "config.json" else b"")
    monkeypatch.setenv(weights.CACHE_VARIABLE, str(tmp_path))
    with pytest.raises(AlteredModel, match=r"whisper-base: .*model\.bin is not the file .* delete it and run again"):
        weights.speech_model("base")


def test_a_missing_speaker_model_is_told_with_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "models"
    shutil.copytree(weights.models_folder(), folder, ignore=shutil.ignore_patterns("*.onnx"))
    monkeypatch.setattr(weights, "models_folder", lambda: folder)
    with pytest.raises(MissingModel, match=r"pyannote-segmentation-3\.0/model\.onnx is not there: restore it"):
        weights.speaker_models()


def test_a_folder_with_a_model_is_a_speech_model_and_an_unknown_name_is_left_to_the_engine(tmp_path: Path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    found = weights.speech_model(str(tmp_path))
    assert found is not None
    assert found.path == tmp_path
    assert found.sha256 == hashlib.sha256(b"weights").hexdigest()
    assert weights.speech_model("large-v3-turbo") is None


def test_a_folder_without_a_model_says_so(tmp_path: Path):
    with pytest.raises(MissingModel, match=r"holds no model\.bin"):
        weights.speech_model(str(tmp_path / "nowhere"))


def test_an_unknown_card_names_those_there_are():
    with pytest.raises(MissingModel, match="whisper-base"):
        weights.card("whisper-enormous")


@pytest.mark.parametrize(
    "loaded",
    [segmentation._network, signatures._extractor, meaning.installed],
    ids=["who speaks when", "whose voice", "what is meant"],
)
def test_a_process_loads_a_model_once(loaded: Callable[[], object]):
    assert loaded() is loaded()

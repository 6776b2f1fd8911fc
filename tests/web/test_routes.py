from __future__ import annotations

import json
from uuid import uuid4

import pytest

ORIGIN = {"origin": "http://127.0.0.1:8501"}
OWN = {**ORIGIN, "x-requested-by": "bodycam-review"}


@pytest.fixture
def signed_in(shelved, served):
    served.sign_in()
    served.open(shelved.sha256)
    return served


def url(shelved, what: str) -> str:
    return f"/api/recordings/{shelved.sha256}/{what}"


def operation(flag: str, answer: str, *, number: int = 1, client: str = "", **more: object) -> dict[str, object]:
    return {"id": f"{client or uuid4()}:{number}", "flag": flag, "answer": answer, **more}


def post(served, shelved, *operations: dict[str, object], **more: object):
    return served.client.post(url(shelved, "verdicts"), json={"operations": operations, **more}, headers=OWN)


def test_the_whole_recording_is_served_with_its_type_and_not_left_in_caches(signed_in, shelved):
    answer = signed_in.client.get(url(shelved, "media"))
    assert answer.status_code == 200
    assert answer.content == shelved.media.read_bytes()
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "no-store"


def test_a_range_of_the_recording_is_served_as_206_with_its_place(signed_in, shelved):
    whole = shelved.media.read_bytes()
    answer = signed_in.client.get(
        url(shelved, "media"), headers={"range": "bytes=1000-1999", "accept-encoding": "gzip"}
    )
    assert answer.status_code == 206
    assert answer.content == whole[1000:2000]
    assert answer.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert "content-encoding" not in answer.headers


def test_a_range_behind_the_end_is_answered_416(signed_in, shelved):
    size = len(shelved.media.read_bytes())
    answer = signed_in.client.get(url(shelved, "media"), headers={"range": f"bytes={size + 1}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{size}"


def test_a_recording_that_was_moved_away_is_told_and_its_transcript_stays(signed_in, shelved):
    shelved.media.rename(shelved.media.with_name("elsewhere.wav"))
    answer = signed_in.client.get(url(shelved, "media"))
    assert answer.status_code == 404
    assert "no longer where it was" in answer.json()["error"]
    assert signed_in.client.get(url(shelved, "transcript")).status_code == 200


def test_a_recording_that_changed_its_length_is_not_played_as_evidence(signed_in, shelved):
    with shelved.media.open("ab") as sound:
        sound.write(b"\0\0")
    assert signed_in.client.get(url(shelved, "media")).status_code == 404


@pytest.mark.parametrize("what", ["media", "transcript", "verdicts", "export.json"])
@pytest.mark.parametrize("name", ["0" * 64, "0", "A" * 64, "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "x'--"])
def test_a_recording_that_is_not_in_the_store_is_404_whatever_its_name(signed_in, what, name):
    answer = signed_in.client.get(f"/api/recordings/{name}/{what}")
    assert answer.status_code == 404
    assert answer.json()["error"]


def test_the_transcript_holds_every_word_with_its_time(signed_in, shelved):
    body = signed_in.client.get(url(shelved, "transcript")).json()
    words = [word for turn in body["turns"] for word in turn["words"]]
    assert [word[0] for word in words] == [word.text for word in shelved.encounter.words]
    assert words[5][1:3] == [shelved.encounter.words[5].span.start, shelved.encounter.words[5].span.end]
    assert body["speakers"]["S2"] == {"name": "Civilian (S2)", "role": "civilian", "confidence": 0.6, "unsure": True}


def test_an_unchanged_transcript_is_not_sent_twice(signed_in, shelved):
    first = signed_in.client.get(url(shelved, "transcript"))
    again = signed_in.client.get(url(shelved, "transcript"), headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_verdict_is_committed_and_then_acknowledged_under_the_name_of_the_session(signed_in, shelved, new_store):
    said = operation("flag-1", "agree", note="clear", reviewer="chief", reviewer_role="internal_affairs")
    answer = post(signed_in, shelved, said)
    assert answer.json()["acknowledged"] == [said["id"]]
    assert answer.json()["flags"]["flag-1"] == {"standing": "verified", "mine": "agree"}
    [kept] = new_store().verdicts(shelved.sha256)
    assert (kept.reviewer, kept.reviewer_role, kept.note) == ("demo.supervisor", "supervisor", "clear")


def test_the_same_operation_sent_again_is_acknowledged_again_and_kept_once(signed_in, shelved, new_store):
    said = operation("flag-1", "agree")
    for _ in range(3):
        assert post(signed_in, shelved, said, said).json()["acknowledged"] == [said["id"], said["id"]]
    assert len(new_store().verdicts(shelved.sha256)) == 1


def test_many_fast_answers_are_all_kept_in_their_order(signed_in, shelved, new_store):
    client = str(uuid4())
    said = [operation("flag-1", ("agree", "disagree")[n % 2], number=n, client=client) for n in range(200)]
    assert post(signed_in, shelved, *said).json()["acknowledged"] == [one["id"] for one in said]
    assert [kept.id for kept in new_store().verdicts(shelved.sha256)] == [one["id"] for one in said]


def test_an_undo_takes_the_answer_back_and_both_stay_in_the_record(signed_in, shelved, new_store):
    post(signed_in, shelved, operation("flag-4", "disagree"))
    answer = post(signed_in, shelved, operation("flag-4", "undo"))
    assert answer.json()["flags"]["flag-4"] == {"standing": "unverified", "mine": ""}
    assert [kept.answer for kept in new_store().verdicts(shelved.sha256)] == ["disagree", "undo"]


def test_two_reviewers_who_differ_make_a_mark_disputed(signed_in, shelved):
    post(signed_in, shelved, operation("flag-4", "agree"))
    signed_in.sign_in("demo.internal-affairs")
    signed_in.open(shelved.sha256, "audit")
    answer = post(signed_in, shelved, operation("flag-4", "disagree"))
    assert answer.json()["flags"]["flag-4"] == {"standing": "disputed", "mine": "disagree"}
    seen = signed_in.client.get(url(shelved, "verdicts")).json()
    assert seen["flags"]["flag-4"] == {"standing": "disputed", "mine": "disagree"}
    assert seen["flags"]["flag-1"] == {"standing": "unverified", "mine": ""}


@pytest.mark.parametrize(
    "wrong",
    [{"flag": "flag-99"}, {"flag": 7}, {"answer": "maybe"}, {"answer": ["agree"]}, {"answer": None},
     {"note": "x" * 2001}, {"id": "1"}, {"id": None}, {"id": f"{uuid4()}:-1"}],
)  # fmt: skip
def test_one_operation_that_cannot_be_kept_is_refused_by_name_and_costs_the_others_nothing(signed_in, shelved, wrong):
    good, bad = operation("flag-1", "agree"), {**operation("flag-2", "agree"), **wrong}
    body = post(signed_in, shelved, bad, good).json()
    assert body["acknowledged"] == [good["id"]]
    [refused] = body["refused"]
    assert refused["why"]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "{}", '{"operations": 1}', '{"operations": [1]}', '{"operations": null}']
)
def test_a_body_that_is_no_list_of_operations_is_400(signed_in, shelved, body):
    headers = {**OWN, "content-type": "application/json"}
    assert signed_in.client.post(url(shelved, "verdicts"), content=body, headers=headers).status_code == 400


def test_a_form_of_another_site_cannot_post_verdicts_for_lack_of_the_header_and_the_type(signed_in, shelved, new_store):
    body = json.dumps({"operations": [operation("flag-1", "agree")]})
    plain = signed_in.client.post(url(shelved, "verdicts"), content=body, headers={**OWN, "content-type": "text/plain"})
    bare = signed_in.client.post(
        url(shelved, "verdicts"), content=body, headers={**ORIGIN, "content-type": "application/json"}
    )
    assert (plain.status_code, bare.status_code) == (415, 403)
    assert new_store().verdicts(shelved.sha256) == ()


@pytest.mark.parametrize("operations", [501, 5000])
def test_too_much_at_once_is_refused_whole(signed_in, shelved, operations):
    said = [operation("flag-1", "agree", note="x" * 100) for _ in range(operations)]
    assert post(signed_in, shelved, *said).status_code == 413


def test_answers_that_somebody_else_left_in_the_browser_are_not_recorded_as_mine(signed_in, shelved, new_store):
    answer = post(signed_in, shelved, operation("flag-1", "agree"), **{"as": "demo.internal-affairs"})
    assert answer.status_code == 409
    assert "sign in as demo.internal-affairs" in answer.json()["error"]
    assert new_store().verdicts(shelved.sha256) == ()


def test_a_verdict_on_a_recording_that_is_not_there_is_404(signed_in):
    answer = signed_in.client.post(f"/api/recordings/{'0' * 64}/verdicts", json={"operations": []}, headers=OWN)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("form", "kind"), [("json", "application/json"), ("csv", "text/csv"), ("vtt", "text/vtt"), ("md", "text/markdown")]
)
def test_each_report_is_saved_as_a_file_with_what_people_said(signed_in, shelved, form, kind):
    post(signed_in, shelved, operation("flag-4", "agree"))
    answer = signed_in.client.get(url(shelved, f"export.{form}"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["content-disposition"] == f'attachment; filename="{shelved.sha256[:12]}.{form}"'
    assert form == "vtt" or "verified" in answer.text


def test_an_export_that_does_not_exist_is_404_and_names_those_that_do(signed_in, shelved):
    answer = signed_in.client.get(url(shelved, "export.exe"))
    assert answer.status_code == 404
    assert "json, csv, md, vtt" in answer.json()["error"]


def test_a_store_that_cannot_be_read_is_told_in_words(served, tmp_path):
    (tmp_path / "review.db").write_text("this is no database, only words " * 100)
    origin = {"origin": "http://127.0.0.1:8501"}
    answer = served.client.post("/sign-in", data={"account": "demo.supervisor"}, headers=origin)
    assert answer.status_code == 503
    assert "review.db" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/api/", "/api/recordings", "/api/users"])
def test_nothing_else_lives_under_api(signed_in, path):
    assert signed_in.client.get(path).status_code == 404

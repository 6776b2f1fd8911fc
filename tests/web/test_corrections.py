"""Corrections sent as the player sends them, marked anew in a process of its own."""

from __future__ import annotations

from uuid import uuid4

import pytest

OWN = {"origin": "http://127.0.0.1:8501", "x-requested-by": "bodycam-review"}


@pytest.fixture
def signed_in(shelved, served):
    served.sign_in()
    served.open(shelved.sha256)
    return served


def test_a_correction_is_marked_anew_and_the_first_revision_stays_to_be_seen(signed_in, shelved):
    url = f"/api/recordings/{shelved.sha256}"
    one = {"kind": "text", "speaker": "S2", "start": 13.0, "end": 21.0, "was": "", "now": ""}
    turn = shelved.encounter.turns[1]
    one |= {"start": turn.span.start, "end": turn.span.end, "was": turn.text, "now": "Okay, thank you."}
    operation = {"id": f"{uuid4()}:1", "body": {"revision": 1, "corrections": [one]}}
    answer = signed_in.client.post(f"{url}/corrections", json={"operations": [operation]}, headers=OWN)
    assert answer.json() == {"acknowledged": [operation["id"]], "refused": [], "revision": 2}
    heard = signed_in.client.get(f"{url}/transcript").json()
    assert [word[0] for word in heard["turns"][1]["words"]] == ["Okay,", "thank", "you."]
    first = signed_in.client.get(f"{url}/revisions/1").json()
    assert " ".join(word[0] for word in first["turns"][1]["words"]) == turn.text
    [made] = signed_in.client.get(f"{url}/corrections").json()["corrections"]
    assert (made["by"], made["was"], made["now"]) == ("demo.supervisor", turn.text, "Okay, thank you.")


def test_that_an_earlier_revision_was_read_stands_in_the_log(signed_in, shelved, new_store):
    assert signed_in.client.get(f"/api/recordings/{shelved.sha256}/revisions/1").status_code == 200
    with new_store().casebook() as book:
        [entry] = book.logged(action="view", recording=shelved.sha256)
    assert (entry.person, entry.purpose, entry.details) == ("demo.supervisor", "assigned_review", {"revision": 1})


def test_who_may_not_correct_is_not_even_told_which_revision_holds(served, shelved):
    served.sign_in("demo.trainer")
    answer = served.client.post(f"/api/recordings/{shelved.sha256}/corrections", json={"operations": []}, headers=OWN)
    assert answer.status_code == 403
    assert "revision" not in answer.json()


def test_a_revision_that_is_not_there_is_404(signed_in, shelved):
    assert signed_in.client.get(f"/api/recordings/{shelved.sha256}/revisions/7").status_code == 404
    assert signed_in.client.get(f"/api/recordings/{shelved.sha256}/revisions/0").status_code == 404

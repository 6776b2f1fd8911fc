"""The exports that the app serves follow the agency's policy."""

import pytest


@pytest.fixture
def signed_in(shelved, served):
    served.sign_in()
    served.open(shelved.sha256)
    return served


def test_an_export_lacks_what_the_agency_hides_and_says_so(signed_in, shelved, tmp_path, monkeypatch):
    path = tmp_path / "agency.toml"
    path.write_text('[behaviours]\nhide = ["ultimatum"]\n')
    export = f"/api/recordings/{shelved.sha256}/export"
    assert "| ultimatum |" in signed_in.client.get(f"{export}.md").text
    monkeypatch.setenv("BODYCAM_REVIEW_POLICY", str(path))
    report = signed_in.client.get(f"{export}.md").text
    assert "| ultimatum |" not in report
    assert "by the agency's policy: ultimatum" in report
    assert "ultimatum" not in {flag["behaviour"] for flag in signed_in.client.get(f"{export}.json").json()["flags"]}


def test_a_policy_with_a_mistake_is_told_in_words(signed_in, shelved, tmp_path, monkeypatch):
    path = tmp_path / "agency.toml"
    path.write_text("[thresholds]\noverall = 2\n")
    monkeypatch.setenv("BODYCAM_REVIEW_POLICY", str(path))
    answer = signed_in.client.get(f"/api/recordings/{shelved.sha256}/export.json")
    assert answer.status_code >= 400
    assert "thresholds.overall" in answer.json()["error"]

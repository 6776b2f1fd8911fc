from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from review import credentials
from review.errors import WrongUse

NOW = datetime(2025, 3, 1, 12, 0, 10, tzinfo=UTC)


def test_a_password_matches_its_hash_and_no_other_does():
    kept = credentials.hashed("a quiet street at night")
    assert kept.startswith("$argon2id$")
    assert "street" not in kept
    assert credentials.matches(kept, "a quiet street at night")
    assert not credentials.matches(kept, "a quiet street at Night")
    assert not credentials.matches("", "")
    assert not credentials.matches("no hash", "a quiet street at night")


@pytest.mark.parametrize("password", ["", "short", "eleven char", "aaaaaaaaaaaaaaaa", "j.doe likes rain", "x" * 300])
def test_a_password_that_is_easy_to_guess_is_refused(password):
    with pytest.raises(WrongUse, match="password"):
        credentials.hashed(password, user="J.Doe")


def test_the_code_of_now_and_of_the_steps_beside_it_counts_and_no_other():
    secret = credentials.new_secret()
    step = int(NOW.timestamp()) // 30
    for seconds, found in ((0, step), (-30, step - 1), (30, step + 1), (-90, None), (90, None)):
        code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds))
        assert credentials.step_of(secret, code, at=NOW) == found
    for code in ("", "0", "abcdef", "١٢٣٤٥٦"):
        assert credentials.step_of(secret, code, at=NOW) is None


def test_a_code_can_be_typed_with_a_space_as_apps_show_it():
    secret = credentials.new_secret()
    code = pyotp.TOTP(secret).at(NOW)
    assert credentials.step_of(secret, f"{code[:3]} {code[3:]}", at=NOW)


def test_what_an_authenticator_app_reads_names_the_program_and_the_account():
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    uri = credentials.enrolment(secret, "j.doe")
    assert uri == f"otpauth://totp/Body-camera%20review:j.doe?secret={secret}&issuer=Body-camera%20review"
    assert credentials.as_picture(uri).startswith("data:image/svg+xml")
    assert len(credentials.as_text(uri).splitlines()) > 15


def test_handed_over_passwords_are_good_ones_and_never_the_same():
    made = {credentials.new_password() for _ in range(20)}
    assert len(made) == 20
    for password in made:
        credentials.check_password(password)


def test_checking_a_password_for_nobody_costs_as_much_as_for_somebody(monkeypatch):
    checked = []
    plain = credentials._HASHER

    class Counted:
        def hash(self, password):
            return plain.hash(password)

        def verify(self, kept, password):
            checked.append(kept.rpartition("$")[0].rpartition("$")[0])  # algorithm, memory, rounds
            return plain.verify(kept, password)

    monkeypatch.setattr(credentials, "_HASHER", Counted())
    credentials.matches(credentials.hashed("a quiet street at night"), "something else")
    credentials.matches("", "something else")
    assert len(checked) == 2
    assert checked[0] == checked[1]

"""`handoff partner`: keys and contacts, as an administrator meets them at a terminal."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from directory import database
from directory.clock import wall_now
from directory.database import Database
from directory.errors import Unauthenticated
from directory.listings.models import Organization, Service
from directory.partners import queries
from directory.partners import service as partners
from directory.partners.models import PartnerKey
from tests.api.terminal import Command, one_line
from tests.conftest import settings_for


@pytest.fixture(name="handoff")
def _handoff(
    partners_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Command]:
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    settings = settings_for(tmp_path)
    monkeypatch.chdir(tmp_path)  # where no .env is
    database.use(Database(settings))
    yield Command(settings, monkeypatch, capsys)
    database.current().close()


@pytest.fixture(name="slug")
def _slug(handoff: Command) -> str:
    with database.read_scope() as session:
        service = session.query(Service).filter_by(accepts_referrals=True).first()
        assert service is not None
        return service.organization.slug


def opens(key: str) -> bool:
    with database.read_scope() as session:
        try:
            partners.authenticate(session, key)
        except Unauthenticated:
            return False
    return True


def test_a_key_is_all_that_is_printed_and_kept_nowhere(handoff: Command, slug: str) -> None:
    issued = handoff("partner", "key", slug)
    assert (issued.returncode, issued.stderr) == (0, "")
    key = one_line(issued.stdout)
    assert opens(key)
    with database.read_scope() as session:
        [stored] = session.query(PartnerKey)
    assert key not in (stored.key_hash, stored.hint)


def test_an_organisation_is_named_by_its_id_too(handoff: Command, slug: str) -> None:
    with database.read_scope() as session:
        found = queries.organization_named(session, slug)
    assert found is not None
    assert opens(one_line(handoff("partner", "key", found.id).stdout))


def test_keys_are_revoked_at_once(handoff: Command, slug: str) -> None:
    keys = [one_line(handoff("partner", "key", slug).stdout) for _ in range(2)]
    revoked = handoff("partner", "revoke", slug)
    assert revoked.returncode == 0 and "2 keys revoked" in revoked.stdout
    assert not any(opens(key) for key in keys)
    assert "0 keys revoked" in handoff("partner", "revoke", slug).stdout


def test_a_key_opens_what_it_is_issued_for(handoff: Command, slug: str) -> None:
    issued = handoff("partner", "key", slug, "--scope", "listings:read", "--scope", "referrals")
    key = one_line(issued.stdout)
    with database.read_scope() as session:
        assert partners.authenticate(session, key).scopes == ["listings:read", "referrals"]
    assert handoff("partner", "key", slug, "--scope", "everything").returncode == 2


def test_a_rotated_key_goes_on_for_its_grace_and_opens_the_same(
    handoff: Command, slug: str
) -> None:
    old = one_line(handoff("partner", "key", slug, "--scope", "listings:write").stdout)
    rotated = handoff("partner", "key", slug, "--rotate")
    new = one_line(rotated.stdout)
    assert (rotated.returncode, rotated.stderr) == (0, "")
    assert opens(old) and opens(new)
    with database.read_scope() as session:
        assert partners.authenticate(session, new).scopes == ["listings:write"]
        just_before = wall_now() + partners.GRACE - timedelta(minutes=1)
        assert partners.authenticate(session, old, wall=just_before)
        with pytest.raises(Unauthenticated):
            partners.authenticate(session, old, wall=wall_now() + partners.GRACE)
    at_once = one_line(handoff("partner", "key", slug, "--rotate", "--grace-days", "0").stdout)
    assert opens(at_once) and not opens(old) and not opens(new)


def test_keys_are_listed_by_how_they_begin_and_ended_one_by_one(
    handoff: Command, slug: str
) -> None:
    assert "has no key" in handoff("partner", "keys", slug).stderr
    first, second = (one_line(handoff("partner", "key", slug).stdout) for _ in range(2))
    listed = handoff("partner", "keys", slug).stdout
    assert first[:8] in listed and second[:8] in listed and "listings:write" in listed
    assert first not in listed and second not in listed
    assert "1 key revoked" in handoff("partner", "revoke", slug, "--key", first[:8]).stdout
    assert not opens(first) and opens(second)
    again = handoff("partner", "revoke", slug, "--key", first[:8])
    assert again.returncode == 2 and "no key" in one_line(again.stderr)
    handoff("partner", "key", slug, "--rotate")
    assert " until " in handoff("partner", "keys", slug).stdout


def test_contacts_are_added_listed_and_removed(handoff: Command, slug: str) -> None:
    details = ["--name", "Intake", "--channel", "sms", "--address", "630-555-0150"]
    added = handoff("partner", "contact", "add", slug, *details, "--language", "es")
    assert (added.returncode, added.stderr) == (0, "")
    contact_id = one_line(added.stdout)
    listed = one_line(handoff("partner", "contact", "list", slug).stdout)
    assert listed.startswith(contact_id) and "Intake (es)" in listed
    assert "0150" not in listed
    assert handoff("partner", "contact", "remove", slug, contact_id).returncode == 0
    empty = handoff("partner", "contact", "list", slug)
    assert empty.stdout == "" and "has no contact" in empty.stderr
    again = handoff("partner", "contact", "remove", slug, contact_id)
    assert again.returncode == 2 and "no such contact" in one_line(again.stderr)


def test_a_webhooks_secret_is_shown_once(handoff: Command, slug: str) -> None:
    details = ["--name", "System", "--channel", "webhook", "--address", "https://pantry.example/h"]
    added = handoff("partner", "contact", "add", slug, *details)
    contact_id, secret = added.stdout.splitlines()
    with database.read_scope() as session:
        contact = queries.contact_by_id(session, contact_id)
    assert contact is not None and contact.secret == secret
    assert secret not in handoff("partner", "contact", "list", slug).stdout


def test_a_contact_may_be_told_of_one_service_only(handoff: Command, slug: str) -> None:
    with database.read_scope() as session:
        own = session.query(Service).join(Organization).filter(Organization.slug == slug).first()
        others = session.query(Service).join(Organization).filter(Organization.slug != slug)
        other = others.first()
    assert own is not None and other is not None
    details = ["--name", "Intake", "--channel", "email", "--address", "in@pantry.example"]
    assert handoff("partner", "contact", "add", slug, *details, "--service", own.slug).stdout
    refused = handoff("partner", "contact", "add", slug, *details, "--service", other.slug)
    assert refused.returncode == 2 and "no such service" in one_line(refused.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["key", "nobody"], "no organisation with this id or slug"),
        (["revoke", "nobody"], "no organisation with this id or slug"),
        (["contact", "list", "nobody"], "no organisation with this id or slug"),
    ],
)
def test_who_is_unknown_is_one_line(handoff: Command, arguments: list[str], said: str) -> None:
    done = handoff("partner", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in one_line(done.stderr)


def test_an_address_that_cannot_be_is_one_line(handoff: Command, slug: str) -> None:
    details = ["--name", "Intake", "--channel", "webhook", "--address", "http://pantry.example"]
    done = handoff("partner", "contact", "add", slug, *details)
    assert done.returncode == 2 and "https://" in one_line(done.stderr)

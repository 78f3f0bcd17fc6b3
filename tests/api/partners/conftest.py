"""A referral that waits for its partner, and the partner's two ways in: a key and a link."""

from collections.abc import Iterator

import pytest

from directory import database
from directory.clock import wall_now
from directory.partners import links
from directory.partners import queries as partners
from directory.referrals.models import Referral
from tests.api.conftest import Api
from tests.api.referrals.conftest import Desk, a_desk


@pytest.fixture(name="desk")
def _desk(listed: Api, morning: None) -> Iterator[Desk]:
    yield a_desk(listed)


def link_to(referral_id: str, contact_id: str) -> str:
    """The path that a contact is sent for a referral."""
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        contact = partners.contact_by_id(session, contact_id)
        assert contact is not None
        return f"/r/{links.token_of(links.link_for(session, referral, contact, wall=wall_now()))}"

"""Nothing that staff can read lets them act as a partner."""

from bot.notices.hand_over import hand_over_due
from directory import database
from directory.clock import wall_now
from directory.messages import inbox
from directory.partners import sessions
from directory.quiet_hours import QuietHours
from directory.staff.models import Role
from tests.api.conftest import Api
from tests.api.console.console import Console
from tests.directory.freshness.builders import DESK, a_contact, a_listing, an_organization
from tests.factories import met
from tests.fakes import MORNING


def test_a_partner_s_sign_in_link_is_masked_on_the_page_of_its_number(api: Api) -> None:
    """It stands in a text to the partner's phone, which is a person like any other number."""
    with database.session_scope() as session:
        organization = an_organization(session)
        a_listing(session, organization)
        a_contact(session, organization)
        row = sessions.ask_for_link(session, DESK, now=MORNING, wall=wall_now())
        assert row is not None
        token = sessions.link_token(row.id)
    quiet: QuietHours = api.services.quiet
    with database.session_scope() as session:
        [message] = hand_over_due(session, quiet=quiet, now=MORNING, wall=wall_now())
        assert token in message.body, "the partner gets the whole link"
        inbox.record_inbound(
            session, provider_id="back", phone=DESK, body=f"what is {message.body}", now=MORNING
        )
    person_id = met(DESK)
    for role in Role:
        page = Console(api).as_(role).get(f"/console/people/{person_id}")
        assert page.status_code == 200
        if role is not Role.ADMIN:  # who reads no texts at all
            assert "/partner/link/…" in page.text, "what was said stays readable"
        assert token not in page.text
        told = api.client.get(f"/api/v1/people/{person_id}", headers=api.staff(role))
        assert token not in told.text

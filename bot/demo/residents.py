"""People, the visits to them, and what they agreed to."""

from datetime import datetime, timedelta

from bot.demo.world import YEAR, Resident, World, fictional_number
from directory import database
from directory.checkins import plan_rules
from directory.people.models import Consent, ConsentMethod, Person, Purpose
from directory.visits.models import CallType, Visit

PEOPLE = 800
VISITS = 1000
CALL_TYPES = {
    CallType.MENTAL_HEALTH: 0.44,
    CallType.DOMESTIC_VIOLENCE: 0.18,
    CallType.ELDERLY: 0.15,
    CallType.SUBSTANCE_USE: 0.13,
    CallType.OTHER_CRISIS: 0.10,
}
_DISPOSITIONS = (
    "Talked at the kitchen table, calmer when we left.",
    "Family is with them tonight.",
    "Made a plan for the next days together.",
    "Taken to the hospital by choice.",
    "Nobody hurt. Wants help with bills.",
    "Asked us to look in again.",
)


def populate(world: World) -> list[Resident]:
    """As many people as PEOPLE with VISITS visits in all: some are visited again and again."""
    residents = [_met(world, number) for number in range(PEOPLE)]
    begins = [_some_time(world) for _ in range(PEOPLE)]
    for resident, first in zip(residents, begins, strict=True):
        _visit(world, resident, first)
    again = VISITS - PEOPLE
    # A sixth of all people bring all the repeat visits, mostly soon after one another.
    often = [world.any_of(residents[: PEOPLE // 6]) for _ in range(again)]
    for resident in often:
        # Soon before the others: what is found for them in the end is found on the last visit.
        first = min(visit.occurred_at for visit in resident.visits)
        earlier = first - world.about(timedelta(days=25))
        _visit(world, resident, max(earlier, world.begins + YEAR * world.chance.random() * 0.02))
    for resident in residents:
        resident.visits.sort(key=lambda visit: visit.occurred_at)
        _settle(world, resident)
    return residents


def _met(world: World, number: int) -> Resident:
    phone = fictional_number(number)
    language = world.one_of({"en": 0.76, "es": 0.17, "": 0.07}) or None
    person = Person(
        id=world.id(),
        phone=phone,
        phone_index=database.current().cipher.blind_index(phone),
        name=f"Resident {number + 1:03}" if world.happens(0.9) else None,
        language=language,
        number_shared=world.happens(0.05),
        clinician_id=world.any_of(world.clinicians),
    )
    return Resident(person)


def _some_time(world: World) -> datetime:
    """Some time of the year: more in the afternoon and the evening than in the morning."""
    day = (world.begins + YEAR * world.chance.random()).astimezone(world.zone)
    hour = world.chance.triangular(0, 24, 17)
    at = day.replace(hour=0, minute=0, second=0) + timedelta(hours=hour)
    return min(max(at, world.begins), world.now - timedelta(minutes=20))


def _visit(world: World, resident: Resident, occurred_at: datetime) -> None:
    kind = world.one_of(CALL_TYPES)
    violence = kind is CallType.DOMESTIC_VIOLENCE
    safe = world.one_of(
        {True: 0.3, False: 0.4, None: 0.3} if violence else {True: 0.82, False: 0.08, None: 0.1}
    )
    resident.visits.append(
        Visit(
            id=world.id(),
            person_id=resident.person.id,
            call_type=kind,
            occurred_at=occurred_at,
            disposition=world.any_of(_DISPOSITIONS),
            follow_up=_plan(world, violence=violence),
            clinician_id=world.any_of(world.clinicians),
            safe_to_text=safe,
            created_at=occurred_at + timedelta(minutes=15),
        )
    )


def _plan(world: World, *, violence: bool) -> str:
    if violence:
        return plan_rules.NONE
    return "caring_contacts" if world.happens(0.12) else plan_rules.STANDARD


def _settle(world: World, resident: Resident) -> None:
    """What was said on the visits, the last word of which counts."""
    person, last = resident.person, resident.visits[-1]
    person.created_at = resident.visits[0].occurred_at
    person.safe_to_text = last.safe_to_text
    resident.agrees_to_texts = world.happens(0.86)
    resident.agrees_to_referrals = world.happens(0.8)
    world.rows.append(person)
    for visit in resident.visits:
        # A few were logged by mistake.
        if len(resident.visits) > 1 and visit is not last and world.happens(0.02):
            visit.voided_at = visit.created_at + timedelta(hours=1)
            visit.voided_by, visit.void_reason = visit.clinician_id, "Logged twice."
        world.rows.append(visit)
        _agree(world, resident, visit)


def _method(world: World, purpose: Purpose) -> ConsentMethod:
    in_writing = world.happens(0.1) or purpose is Purpose.SUBSTANCE_USE
    return ConsentMethod.WRITTEN if in_writing else ConsentMethod.VERBAL


def _agree(world: World, resident: Resident, visit: Visit) -> None:
    words = {
        Purpose.SMS: resident.agrees_to_texts,
        Purpose.REFERRAL: resident.agrees_to_referrals,
    }
    if visit.call_type == CallType.SUBSTANCE_USE:
        words[Purpose.SUBSTANCE_USE] = resident.agrees_to_referrals and world.happens(0.7)
    for purpose, given in words.items():
        world.rows.append(
            Consent(
                id=world.id(),
                person_id=resident.person.id,
                purpose=purpose,
                given=given,
                method=_method(world, purpose),
                recorded_by=visit.clinician_id,
                recorded_at=visit.created_at,
                visit_id=visit.id,
                voided_at=visit.voided_at,
            )
        )

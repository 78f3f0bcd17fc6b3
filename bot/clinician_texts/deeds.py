"""What a clinician's command does, and what is answered: numbers masked, every step audited."""

from dataclasses import dataclass
from datetime import datetime

from bot.clinician_texts.read import LogVisit
from bot.deeds import Applying, Done
from bot.referral_facts import ServiceFacts, service_facts
from bot.sms.segments import to_gsm7
from bot.wording import say
from bot.wording.results import when
from directory import database
from directory.checkins.models import CheckIn
from directory.errors import HandoffError, Invalid
from directory.languages import Language
from directory.on_call import service as on_call
from directory.partners import queries as partners
from directory.people import queries as people_queries
from directory.people import service as people
from directory.people.models import ConsentMethod, Person, Purpose
from directory.people.phone import masked
from directory.quiet_hours import QuietHours
from directory.referrals import queries as referral_queries
from directory.referrals import service as referrals
from directory.referrals.actors import staff
from directory.referrals.models import Priority, Referral
from directory.referrals.service import NewReferral
from directory.tasks import queries as tasks
from directory.visits import queries as visits
from directory.visits.models import FollowUp, Visit
from directory.visits.service import NewVisit, log_visit

# As many of each as fit into three segments with their headings.
LISTED = 5
LONGEST_UNREAD = 60
SHORT_ID = 6


@dataclass(frozen=True, slots=True)
class LogTheVisit:
    """A visit that occurred now, consent given verbally. `visit`: complete."""

    staff_id: str
    visit: LogVisit

    def carry_out(self, at: Applying) -> Done:
        said = self.visit
        assert said.call_type is not None and said.phone is not None  # noqa: S101
        settings = database.current().settings
        new = NewVisit(
            phone=said.phone,
            name=said.name,
            language=said.language,
            safe_to_text=said.safe_to_text,
            call_type=said.call_type,
            occurred_at=at.now,
            consent_sms=said.safe_to_text,
            consent_referral=said.referral,
            consent_method=ConsentMethod.VERBAL,
            disposition=None,
            follow_up=None,
        )
        try:
            with at.session.begin_nested():
                visit, planned = log_visit(
                    at.session,
                    new,
                    clinician_id=self.staff_id,
                    quiet=QuietHours(*settings.quiet, settings.zone),
                    now=at.now,
                )
        except Invalid as error:
            return Done(at.memory, (error.detail,))
        person = people_queries.by_id(at.session, visit.person_id)
        assert person is not None  # noqa: S101  # a foreign key says so
        people.audit(
            at.session,
            actor=self.staff_id,
            action="visit.create",
            person_id=person.id,
            subject_id=visit.id,
            now=at.now,
        )
        return Done(at.memory, (self._logged(at, visit, person, planned),))

    def _logged(self, at: Applying, visit: Visit, person: Person, planned: list[CheckIn]) -> str:
        said, language = self.visit, at.language
        about = [visit.call_type.replace("_", " ")]
        about += [said.language.value] if said.language else []
        parts = [
            say(
                "clinician_visit_logged",
                language,
                about=", ".join(about),
                number=_masked(person.phone),
                count=visits.count_of(at.session, person.id),
            ),
            _about_texts(at, visit, person, planned, said.safe_to_text),
            say(f"clinician_ref_{_yes_no(said.referral)}", language),
        ]
        if said.unread:
            words = " ".join(said.unread)[:LONGEST_UNREAD]
            parts.append(say("clinician_not_used", language, words=words))
        return _cheap(" ".join(parts), language)


@dataclass(frozen=True, slots=True)
class ReferPerson:
    """The person behind a number to a service of the last list."""

    staff_id: str
    service_id: str
    phone: str
    need: str | None
    priority: Priority
    reason: str | None

    def carry_out(self, at: Applying) -> Done:
        person = people_queries.by_phone(at.session, self.phone)
        service = service_facts(at.session, self.service_id)
        number = _masked(self.phone)
        if person is None:
            return _said(at, "clinician_refer_unknown", number=number)
        if service is None or not service.takes_referrals:
            name = service.name if service else ""
            contact = service.contact[at.language] if service else ""
            return _said(at, "clinician_refer_not_taken", name=name, contact=contact)
        for referral in referral_queries.open_of_person(at.session, person.id):
            if referral.service_id == self.service_id:
                state = say(f"state_{referral.status}", at.language)
                values = {"number": number, "name": service.name, "state": state}
                return _said(at, "clinician_refer_twice", **values)
        new = NewReferral(
            person_id=person.id,
            service_id=self.service_id,
            reason=self.reason,
            priority=self.priority,
            need=self.need,
            clinician_id=self.staff_id,
        )
        try:
            with at.session.begin_nested():
                made = referrals.create(at.session, new, actor=staff(self.staff_id), now=at.now)
        except HandoffError as error:
            return _said(at, _refusal(error), number=number, name=service.name, contact="")
        people.audit(
            at.session,
            actor=self.staff_id,
            action="referral.create",
            person_id=person.id,
            subject_id=made.id,
            now=at.now,
        )
        return Done(at.memory, (self._referred(at, made, person, service),))

    def _referred(self, at: Applying, made: Referral, person: Person, service: ServiceFacts) -> str:
        parts = [
            say(
                "clinician_referred",
                at.language,
                number=_masked(person.phone),
                name=service.name,
                about=say(f"partner_{self.priority.value}", at.language),
                code=made.id[:SHORT_ID],
            )
        ]
        if not partners.contacts_for(at.session, made.organization_id, made.service_id):
            contact = service.contact[at.language]
            called = f", {contact}" if contact else ""
            parts.append(say("clinician_refer_by_phone", at.language, contact=called))
        if not people.may_be_texted(at.session, person, now=at.now):
            parts.append(say("clinician_refer_tell_them", at.language))
        return _cheap(" ".join(parts), at.language)


@dataclass(frozen=True, slots=True)
class ShowStatus:
    """My open referrals and tasks, the oldest first: short ids, no names."""

    staff_id: str

    def carry_out(self, at: Applying) -> Done:
        open_referrals = referral_queries.open_of_clinician(at.session, self.staff_id)
        open_referrals.sort(key=lambda each: each.created_at)
        waiting = sorted(
            tasks.not_done_of(at.session, self.staff_id),
            key=lambda task: (task.kind not in tasks.DANGER, task.created_at),
        )
        seen: set[str | None] = {each.person_id for each in open_referrals}
        seen |= {each.person_id for each in waiting}
        for person_id in sorted(seen or {None}, key=str):
            people.audit(
                at.session,
                actor=self.staff_id,
                action="status.read",
                person_id=person_id,
                now=at.now,
            )
        if not open_referrals and not waiting:
            return _said(at, "clinician_status_none")
        lines = [
            *_listed(
                "clinician_status_referrals",
                [
                    f"{each.id[:SHORT_ID]} {say(f'state_{each.status}', at.language)}"
                    f" {age(at.now, each.created_at)}"
                    for each in open_referrals
                ],
                at.language,
            ),
            *_listed(
                "clinician_status_tasks",
                [
                    f"{each.id[:SHORT_ID]} {each.kind.replace('_', ' ')}"
                    f" {age(at.now, each.created_at)}"
                    for each in waiting
                ],
                at.language,
            ),
        ]
        return Done(at.memory, (_cheap("\n".join(lines), at.language),))


@dataclass(frozen=True, slots=True)
class AcknowledgePage:
    """I take what I was paged for."""

    staff_id: str

    def carry_out(self, at: Applying) -> Done:
        taken = on_call.acknowledge(at.session, self.staff_id, now=at.now)
        people.audit(
            at.session, actor=self.staff_id, action="page.acknowledge", person_id=None, now=at.now
        )
        if taken > 1:
            return _said(at, "clinician_taken_several", count=taken)
        return _said(at, "clinician_taken" if taken else "clinician_nothing_to_take")


def age(now: datetime, since: datetime) -> str:
    """How long ago, in its largest unit: 12m, 5h, 3d."""
    minutes = max(int((now - since).total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 48 * 60 else f"{minutes // (24 * 60)}d"


def _listed(heading: str, lines: list[str], language: Language) -> list[str]:
    if not lines:
        return []
    more = len(lines) - LISTED
    shown = [say(heading, language, count=len(lines)), *lines[:LISTED]]
    return [*shown, say("clinician_status_more", language, count=more)] if more > 0 else shown


def _about_texts(
    at: Applying,
    visit: Visit,
    person: Person,
    planned: list[CheckIn],
    safe_to_text: bool | None,
) -> str:
    """Whether they are texted, and when first; else why not."""
    if safe_to_text is not True:
        return say(f"clinician_text_{_yes_no(safe_to_text, yes='ok')}", at.language)
    if person.opted_out_at is not None:
        return say("clinician_text_opted_out", at.language)
    parts = [say("clinician_text_ok", at.language)]
    if planned:
        zone = database.current().settings.zone
        first = min(each.due_at for each in planned)
        time = when(first, at.language, at.now, zone)
        parts.append(say("clinician_checkins", at.language, count=len(planned), time=time))
    elif visit.follow_up == FollowUp.NONE:
        parts.append(say("clinician_no_checkins", at.language))
    return " ".join(parts)


def _refusal(error: HandoffError) -> str:
    """The sentence for what the directory refuses."""
    if error.code == "consent_missing":
        about_substances = error.context.get("purpose") == Purpose.SUBSTANCE_USE
        return "clinician_refer_no_su_consent" if about_substances else "clinician_refer_no_consent"
    return "clinician_refer_not_taken"


def _yes_no(said: bool | None, *, yes: str = "yes") -> str:
    return "unknown" if said is None else (yes if said else "no")


def _masked(phone: str) -> str:
    return to_gsm7(masked(phone))


def _said(at: Applying, key: str, **values: object) -> Done:
    return Done(at.memory, (_cheap(say(key, at.language, **values), at.language),))


def _cheap(text: str, language: Language) -> str:
    return to_gsm7(text, fold_accents=language is Language.ES)

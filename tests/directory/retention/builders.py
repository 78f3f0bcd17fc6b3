"""A person of whom everything that the product can know is known, each word unmistakable."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import database
from directory.conversations.models import Conversation
from directory.database import Base
from directory.mandated_reports import service as reports
from directory.mandated_reports.models import Agency, ReportKind
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.people import service as people
from directory.people.models import Person, Purpose
from directory.referrals import actors
from directory.referrals import service as referrals
from directory.referrals.models import ListingReport, Referral
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.directory.freshness.builders import a_contact, a_listing, an_organization
from tests.directory.referrals.builders import agreed
from tests.factories import consent, queued, texted, visited
from tests.fakes import MORNING

PHONE = "+16305550111"
# Every word of the person that is stored anywhere; none is part of another.
NAME = "Wilhelmina Quillfeather"
WORDS = (
    "6305550111",
    "Quillfeather",
    "marigoldbody",
    "petuniareply",
    "snapdragondisposition",
    "foxglovereason",
    "larkspurremark",
    "hollyhocktask",
    "delphiniumdone",
    "zinniamemory",
    "camelliareport",
    "begoniacode",
    "orchidexternal",
    "SMprovidersid",
)


def somebody(session: Session) -> tuple[Person, Referral]:
    """Writes all of it; returns who it is and the referral, whose partner has not answered."""
    person = people.find_or_create(session, PHONE, now=MORNING)
    person.name, person.language, person.code_word = NAME, "en", "begoniacode"
    person.safe_to_text = True
    consent(session, person, given=True)
    agreed(session, Purpose.REFERRAL, phone=PHONE)
    organization = an_organization(session)
    service = a_listing(session, organization)
    service.accepts_referrals = True
    a_contact(session, organization)
    session.flush()
    referral = referrals.create(
        session,
        referrals.NewReferral(
            person.id, service.id, "foxglovereason", external_id="orchidexternal"
        ),
        actor=actors.staff("c1"),
        now=MORNING,
    )
    referrals.remark(session, referral, "larkspurremark", actor=actors.partner("k1"), now=MORNING)
    task = tasks.open_task(
        session, TaskKind.CALL_BACK, person_id=person.id, note="hollyhocktask", now=MORNING
    )
    tasks.finish(task, by="c1", now=MORNING, note="delphiniumdone")
    tasks.open_task(
        session, TaskKind.SEND_FAILED, person_id=person.id, note="hollyhocktask", now=MORNING
    )
    session.merge(Conversation(person_id=person.id, memory='{"place": "zinniamemory"}'))
    session.add(
        ListingReport(
            service_id=service.id,
            kind="closed",
            note="camelliareport",
            reported_by=actors.resident(person.id).by,
            created_at=MORNING,
        )
    )
    notices.to_resident(session, person, NoticeKind.OUTCOME_QUESTION, reference="ask", now=MORNING)
    return person, referral


def everything() -> str:
    """The same with a visit, texts both ways and a mandated report; the id of the person."""
    visited(phone=PHONE, name=NAME, disposition="snapdragondisposition")
    texted("marigoldbody 630-555-0111", phone=PHONE, provider_id="SMprovidersid1")
    with database.session_scope() as session:
        person, _ = somebody(session)
        person_id = person.id
        reports.record(
            session,
            person,
            ReportKind.CHILD,
            agency=Agency.DCFS,
            made_at=MORNING,
            reference="A-1",
            by="c1",
            now=MORNING,
        )
    message_id = queued("petuniareply", person_id=person_id)
    with database.session_scope() as session:
        sent = session.get_one(OutboundMessage, message_id)
        sent.status, sent.provider_id = OutboundStatus.DELIVERED, "SMprovidersid2"
    return person_id


def found_anywhere(words: tuple[str, ...]) -> dict[str, set[str]]:
    """Where any of these words stands: every column of every table, decrypted."""
    opened, hits = database.current(), dict[str, set[str]]()
    with opened.read_scope() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                for value in session.scalars(select(column).where(column.is_not(None))):
                    text = str(value).casefold()
                    for word in words:
                        if word.casefold() in text:
                            hits.setdefault(word, set()).add(f"{table.name}.{column.name}")
    return hits

"""Tables: people, consents, audit."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class Purpose(StrEnum):
    """What a consent is for; each is given and revoked by itself."""

    SMS = "sms"
    REFERRAL = "referral"
    # 42 CFR Part 2: substance-use data goes to nobody without a consent of its own.
    SUBSTANCE_USE = "substance_use"


class ConsentMethod(StrEnum):
    VERBAL = "verbal"
    WRITTEN = "written"
    TEXT = "text"


class Person(Base):
    """Somebody known by number. `id` is the only handle that leaves the database.

    `phone_index` finds nobody any more once the number is somebody else's (`reassigned_at`).
    `number_shared`: others read this phone, so what we start names nobody. `code_word`: agreed on
    scene; who gives it is the person. `clinician_id`: whose caseload this is. `erased_at`: nothing
    is known of this person any more; the row stays so that counts do (directory.retention.erase).
    A row without a number that is not erased only says that its number wants silence.
    """

    __tablename__ = "people"
    # By which language how many are met, without their names and numbers.
    __table_args__ = (Index("ix_people_id_language", "id", "language"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    phone: Mapped[str] = mapped_column(Encrypted)
    phone_index: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str | None] = mapped_column(Encrypted)
    language: Mapped[str | None] = mapped_column(String(2))
    safe_to_text: Mapped[bool | None] = mapped_column(Boolean)
    opted_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unreachable_because: Mapped[str | None] = mapped_column(String(40))
    number_shared: Mapped[bool] = mapped_column(Boolean, default=False)
    reassigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_word: Mapped[str | None] = mapped_column(Encrypted)
    clinician_id: Mapped[str | None] = mapped_column(String(36), index=True)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """One agreement, or its refusal: what for, how, when, by whom, until when.

    `visit_id`: said on that visit; `voided_at`: it was logged by mistake, so this was never said.
    """

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_person_id_purpose", "person_id", "purpose"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool] = mapped_column(Boolean)
    method: Mapped[str] = mapped_column(String(20))
    recorded_by: Mapped[str | None] = mapped_column(String(36))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit_id: Mapped[str | None] = mapped_column(String(36))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """Who read or changed which person's record, when. Never what it said."""

    __tablename__ = "audit_entries"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[str | None] = mapped_column(String(36), index=True)
    subject_id: Mapped[str | None] = mapped_column(String(60))

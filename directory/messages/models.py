"""Tables: inbound and outbound messages, and the pace of each sending number."""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class AnsweredBy(StrEnum):
    """Which part of the product decided the answer to a text."""

    SAFETY = "safety"
    KEYWORD = "keyword"
    SILENCE = "silence"
    CHECKIN = "checkin"
    NOTICE = "notice"
    PARTNER = "partner"
    CLINICIAN = "clinician"
    CHOICE = "choice"
    RASA = "rasa"
    FALLBACK = "fallback"
    HOLDING = "holding"
    # A member of staff holds the conversation, and answers themselves.
    STAFF = "staff"
    # One of so many texts that they are answered together.
    FLOOD = "flood"


class MessageKind(StrEnum):
    """Why a text goes out."""

    REPLY = "reply"
    CHECKIN = "checkin"
    NOTICE = "notice"
    STAFF = "staff"


class SendPriority(IntEnum):
    """What goes first when there is more than the carrier may be given at once."""

    DANGER = 0
    REPLY = 1
    NOTICE = 2
    CHECKIN = 3


class OutboundStatus(StrEnum):
    """Where a text of ours is. Ours, not the carrier's words (those stay in bot/sms)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"
    UNCERTAIN = "uncertain"


OVER = (
    OutboundStatus.SENT,
    OutboundStatus.DELIVERED,
    OutboundStatus.FAILED,
    OutboundStatus.DROPPED,
    OutboundStatus.UNCERTAIN,
)


class InboundMessage(Base):
    """A text that reached us. The carrier's id is unique: a repeated webhook changes nothing."""

    __tablename__ = "inbound_messages"
    __table_args__ = (
        Index("ix_inbound_messages_waiting", "answered_at", "person_id", "sequence"),
        Index("ix_inbound_messages_person_id_sequence", "person_id", "sequence"),
        Index("ix_inbound_messages_received_at", "received_at"),
        # A few of a million: asked for at each look for work and each scrape.
        Index(
            "ix_inbound_messages_owed",
            "received_at",
            sqlite_where=text("owed IS 1"),
            postgresql_where=text("owed IS true"),
        ),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    provider_id: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Encrypted)
    media_count: Mapped[int] = mapped_column(Integer, default=0)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(10))
    # A holding answer went out while the understanding was down: the full one is still owed.
    owed: Mapped[bool] = mapped_column(Boolean, default=False)
    attempts: Mapped[int] = mapped_column(Integer, default=0)


class OutboundMessage(Base):
    """A text of ours, from the moment it is decided.

    `initiated`: we start it, so quiet hours apply. `not_before`, `expires_at`: product time.
    `retry_at`, `claimed_until`: wall time. `claimed_by`: the name of the process that sends it.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (
        Index("ix_outbound_messages_status_not_before", "status", "not_before"),
        # Whose turn it is: however many wait, the first of a priority are found without the others.
        Index("ix_outbound_messages_turn", "status", "priority", "not_before", "created_at"),
        Index("ix_outbound_messages_person_id_sequence", "person_id", "sequence"),
        # All that figures ask of texts: a million bodies need not be read for them.
        Index(
            "ix_outbound_messages_measured", "created_at", "kind", "status", "reason", "segments"
        ),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    in_reply_to: Mapped[str | None] = mapped_column(ForeignKey("inbound_messages.id"), index=True)
    checkin_id: Mapped[str | None] = mapped_column(String(36), index=True)
    notice_id: Mapped[str | None] = mapped_column(String(36), index=True)
    priority: Mapped[int] = mapped_column(Integer, default=SendPriority.REPLY)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Encrypted)
    initiated: Mapped[bool] = mapped_column(Boolean, default=False)
    # The member of staff who wrote it; null: the bot did.
    written_by: Mapped[str | None] = mapped_column(String(36))
    # The one confirmation of an opt-out is the only text that may follow it.
    after_opt_out: Mapped[bool] = mapped_column(Boolean, default=False)
    status: Mapped[str] = mapped_column(String(10), default=OutboundStatus.QUEUED)
    reason: Mapped[str | None] = mapped_column(String(40))
    provider_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider_status: Mapped[str | None] = mapped_column(String(20))
    segments: Mapped[int | None] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(8))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The newest delivery report about it (wall time).
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class SendPace(Base):
    """When the next text may leave from one sending number (wall time)."""

    __tablename__ = "send_pace"
    sender: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)

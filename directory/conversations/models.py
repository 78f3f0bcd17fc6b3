"""Table: conversations. The memory is one encrypted text: needs are as private as words."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime


class Conversation(Base):
    """One a person. The lease (wall time) lets one thread at a time answer the person."""

    __tablename__ = "conversations"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    memory: Mapped[str | None] = mapped_column(Encrypted)
    leased_by: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    spoken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Rasa holds a tracker that must be forgotten when the conversation ends.
    tracked: Mapped[bool] = mapped_column(Boolean, default=False, index=True)
    # A member of staff speaks with this person, and the bot stands aside (product time).
    held_by: Mapped[str | None] = mapped_column(String(36), index=True)
    held_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Table: phone. HSDS 3.2.3 names; under "ours" what decides whether and how a number is given."""

from datetime import date

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.database import Base, new_id
from directory.listings.detail_models import SpokenLanguage


class Phone(Base):
    """A number. It leaves the directory through `publication.published_phones` or not at all."""

    __tablename__ = "phone"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    service_id: Mapped[str | None] = mapped_column(ForeignKey("service.id"), index=True)
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"), index=True)
    location_id: Mapped[str | None] = mapped_column(ForeignKey("location.id"), index=True)
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contact.id"), index=True)
    service_at_location_id: Mapped[str | None] = mapped_column(
        ForeignKey("service_at_location.id"), index=True
    )
    number: Mapped[str] = mapped_column(String(40))
    extension: Mapped[int | None]
    type: Mapped[str] = mapped_column(String(20), default="voice")
    description: Mapped[str | None] = mapped_column(Text)
    # ours
    position: Mapped[int] = mapped_column(default=0)
    description_es: Mapped[str | None] = mapped_column(Text)
    press: Mapped[str | None] = mapped_column(String(10))
    # For some people only: its description goes wherever the number goes.
    say_label: Mapped[bool] = mapped_column(default=False)
    text_word: Mapped[str | None] = mapped_column(String(20))
    answered_24h: Mapped[bool | None]
    intake: Mapped[bool] = mapped_column(default=True)
    attested: Mapped[bool] = mapped_column(default=False)
    call_first: Mapped[bool] = mapped_column(default=False)
    sources: Mapped[list[str]] = mapped_column(JSON, default=list)
    as_of: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)  # for staff, never sent

    languages: Mapped[list[SpokenLanguage]] = relationship(
        cascade="all, delete-orphan", order_by="SpokenLanguage.code"
    )

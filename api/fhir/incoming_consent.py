"""The Consents of a Bundle: to what the person agreed, how, when and until when. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from api.fhir import codes
from api.fhir.codes import Json
from directory.errors import Invalid
from directory.people.models import ConsentMethod, Purpose

_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class SentConsent:
    """`given_at` None: the Bundle does not say. Only what `stands` counts for anything."""

    purposes: frozenset[Purpose]
    stands: bool
    method: ConsentMethod
    given_at: datetime | None
    expires_at: datetime | None


def consent_of(consent: Json, zone: tzinfo) -> SentConsent:
    """`zone`: of dates without a time. Raises Invalid `consent_conditions`, `date_unfit`."""
    provision = consent.get("provision") or {}
    if provision.get("provision"):
        # An exception that we could not keep would be broken by the first partner.
        raise Invalid(
            "consent_conditions", "A consent with exceptions cannot be kept here: send a plain one."
        )
    period = provision.get("period") or {}
    return SentConsent(
        purposes=_purposes(consent, provision),
        stands=consent["status"] == "active" and provision.get("type", "permit") == "permit",
        method=_method(consent),
        given_at=_moment(consent.get("dateTime"), zone),
        expires_at=_moment(period.get("end"), zone, end=True),
    )


def _purposes(consent: Json, provision: Json) -> frozenset[Purpose]:
    """What is said in our codes, else a consent to be referred.

    Substance use is never understood from silence: by our code or ActCode's label only.
    """
    named = {
        each["code"]
        for each in provision.get("purpose") or []
        if each.get("system") == codes.CONSENT_PURPOSE and each.get("code")
    }
    named |= set(codes.codes_in(consent.get("category") or [], codes.CONSENT_PURPOSE))
    purposes = {Purpose(each) for each in named if each in set(Purpose)} or {Purpose.REFERRAL}
    labels = provision.get("securityLabel") or []
    if any(each.get("code") in codes.SUBSTANCE_USE_LABELS for each in labels):
        purposes.add(Purpose.SUBSTANCE_USE)
    return frozenset(purposes)


def _method(consent: Json) -> ConsentMethod:
    """Written where there is a form: one that is referred to, or comes along."""
    said = set(codes.codes_in(consent.get("category") or [], codes.CONSENT_METHOD))
    for method in (ConsentMethod.WRITTEN, ConsentMethod.VERBAL):
        if method in said:
            return method
    form = consent.get("sourceAttachment") or {}
    written = consent.get("sourceReference") or form.get("data") or form.get("url")
    return ConsentMethod.WRITTEN if written else ConsentMethod.VERBAL


def _moment(text: str | None, zone: tzinfo, *, end: bool = False) -> datetime | None:
    """A FHIR dateTime. A year, month or day means its first moment, as an `end` its last."""
    if text is None:
        return None
    try:
        part = _DATE.fullmatch(text)
        if part is None:
            return datetime.fromisoformat(text).astimezone(UTC)
        year, month, day = (int(each) if each else None for each in part.groups())
        first = datetime(year or 1, month or 1, day or 1, tzinfo=zone)
        return (_following(first, month, day) if end else first).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("date_unfit", "A date of the Consent cannot be meant.") from error


def _following(first: datetime, month: int | None, day: int | None) -> datetime:
    if day is not None:
        return first + timedelta(days=1)
    if month is not None and month < 12:
        return first.replace(month=month + 1)
    return first.replace(year=first.year + 1, month=1)

"""The bot's memory of a person, as plain data. Pure."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Question:
    """What we asked when a text was not clear, at `asked_at` (product time).

    `text`: the unclear text, redacted. `needs`: the numbered choices, likeliest first; none when
    we asked for other words. `refused`: needs that the person said it is not. `paused`: danger came
    between, so that its numbers count only once it is asked again.
    """

    asked_at: datetime
    needs: tuple[str, ...] = ()
    text: str = ""
    refused: tuple[str, ...] = ()
    paused: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `asdict` and JSON made of a question."""
        return cls(
            asked_at=datetime.fromisoformat(data["asked_at"]),
            needs=tuple(data["needs"]),
            text=data["text"],
            refused=tuple(data["refused"]),
            paused=data["paused"],
        )


class Topic(StrEnum):
    """What we asked about a referral, in our answer to the text before."""

    WHY = "why"  # why the person did not get the service
    NEXT = "next"  # whether to send the request to the next best service
    TAKE_BACK = "take_back"  # whether the person means to withdraw it
    WHICH = "which"  # of several requests, which one to tell more of
    DECLINED = "declined"  # a partner: why it was declined
    LISTING = "listing"  # a partner: what is wrong with their listing


@dataclass(frozen=True, slots=True)
class ReferralQuestion:
    """What we asked about a referral, at `asked_at` (product time).

    `service_ids`: for NEXT, the services that are still to offer; the first is the one offered.
    `contact_id`: for DECLINED and LISTING, who answers. `referral_ids`: for WHICH, in
    the order of the numbers.
    """

    topic: Topic
    asked_at: datetime
    referral_id: str | None = None
    service_ids: tuple[str, ...] = ()
    contact_id: str | None = None
    referral_ids: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `asdict` and JSON made of a question."""
        return cls(
            topic=Topic(data["topic"]),
            asked_at=datetime.fromisoformat(data["asked_at"]),
            referral_id=data["referral_id"],
            service_ids=tuple(data["service_ids"]),
            contact_id=data["contact_id"],
            referral_ids=tuple(data.get("referral_ids", ())),
        )


_MOMENTS = ("results_at", "danger_at", "acknowledged", "call_offered_at", "place_asked_at")


@dataclass(frozen=True, slots=True)
class AboutList:
    """What is remembered of talking about the last list of services.

    `opened`: the number told of last. `asked`: a question of which we asked what number it meant,
    redacted. `tried`: the numbers that came to nothing.
    """

    opened: int | None = None
    asked: str = ""
    tried: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `asdict` and JSON made of it."""
        return cls(opened=data["opened"], asked=data["asked"], tried=tuple(data["tried"]))


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that a turn needs of the turns before it.

    `results`: the last list of services, as FindResult.as_json(); `shown` of them were sent.
    `results_at`: product time. `question`: what we asked about an unclear text, until it is
    answered. `misses`: unclear texts in a row. `after_danger`: needs to offer again once safe.
    `about_referral`: what we asked about a referral, until it is answered. `danger_at`: when a text
    last spoke of danger (product time): bare numbers answer nothing that we had asked before.
    `call_offered_at`: when a check-in was answered last: for a day a 3 goes on to bring a call.
    `acknowledged`: since when staff holds the conversation of which the person was told.
    `place_asked_at`: since when a search for `needs` waits for a town or ZIP (product time), and
    `place_misses` how often MORE or a number came instead.
    `about_list`: which of `results` was told of last, and what is asked about it.
    """

    language: str | None = None
    place: str | None = None
    needs: tuple[str, ...] = ()
    results: dict[str, Any] | None = None
    shown: int = 0
    results_at: datetime | None = None
    question: Question | None = None
    after_danger: tuple[str, ...] = ()
    misses: int = 0
    about_referral: ReferralQuestion | None = None
    danger_at: datetime | None = None
    acknowledged: datetime | None = None
    call_offered_at: datetime | None = None
    place_asked_at: datetime | None = None
    place_misses: int = 0
    about_list: AboutList | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def as_text(self) -> str:
        # Not asdict on the whole: it would copy the last list of services, value by value.
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, default=_as_json)

    @classmethod
    def from_text(cls, text: str | None) -> Self:
        if not text:
            return cls()
        data = json.loads(text)
        known = {name: value for name, value in data.items() if name in cls.__slots__}
        known["needs"] = tuple(known.get("needs", ()))
        known["after_danger"] = tuple(known.get("after_danger", ()))
        for moment in _MOMENTS:
            if known.get(moment):
                known[moment] = datetime.fromisoformat(known[moment])
        if known.get("question"):
            known["question"] = Question.from_json(known["question"])
        if known.get("about_referral"):
            known["about_referral"] = ReferralQuestion.from_json(known["about_referral"])
        if known.get("about_list"):
            known["about_list"] = AboutList.from_json(known["about_list"])
        return cls(**known)


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Question | ReferralQuestion | AboutList):
        return asdict(value)
    raise TypeError(f"a memory cannot hold {type(value).__name__}")

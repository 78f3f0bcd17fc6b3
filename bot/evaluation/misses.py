"""The messages that were misunderstood, for a person to read: the gravest first. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.evaluation.measures import NOTHING, Pair
from bot.evaluation.messages import Kind


@dataclass(frozen=True, slots=True)
class Miss:
    """One message, what was meant and what was understood."""

    id: str
    text: str
    meant: str
    understood: str


@dataclass(frozen=True, slots=True)
class MissGroup:
    """All misses of one sort, in the order of the file."""

    title: str
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class _Sort:
    title: str
    is_one: Callable[[Pair], bool]
    meant: Callable[[Pair], str]
    understood: Callable[[Pair], str]


def misses(pairs: Sequence[Pair]) -> list[MissGroup]:
    """The misses by sort, those that can cost a life first; sorts without any are left out."""
    groups = [MissGroup(sort.title, _misses_of(sort, pairs)) for sort in _SORTS]
    return [group for group in groups if group.misses]


def _misses_of(sort: _Sort, pairs: Sequence[Pair]) -> tuple[Miss, ...]:
    return tuple(
        Miss(pair.message.id, pair.message.text, sort.meant(pair), sort.understood(pair))
        for pair in pairs
        if sort.is_one(pair)
    )


def _danger_meant(pair: Pair) -> str:
    message = pair.message
    if message.risk is None:
        return "no danger"
    return f"{message.risk}, {'immediate' if message.immediate else 'not immediate'}"


def _danger_understood(pair: Pair) -> str:
    prediction = pair.prediction
    if prediction.risk is None:
        return "no danger"
    return f"{prediction.risk}, {'immediate' if prediction.immediate else 'not immediate'}"


def _optout_meant(pair: Pair) -> str:
    return "stop texting" if pair.is_optout else str(pair.message.kind)


def _optout_understood(pair: Pair) -> str:
    return "stop texting" if pair.prediction.optout else "no opt-out"


def _needs_meant(pair: Pair) -> str:
    joined = (" and " if pair.message.all_needs else " or ").join(pair.message.needs)
    return joined or NOTHING


def _needs_understood(pair: Pair) -> str:
    if pair.prediction.immediate:
        return f"emergency: {pair.prediction.risk}"
    return ", ".join(pair.prediction.needs) or NOTHING


_SORTS = (
    _Sort(
        "Danger that was not seen",
        lambda pair: pair.message.immediate is True and not pair.prediction.immediate,
        _danger_meant,
        _danger_understood,
    ),
    _Sort(
        "Opt-outs that were not heeded",
        lambda pair: pair.is_optout and not pair.prediction.optout,
        _optout_meant,
        _optout_understood,
    ),
    _Sort(
        "Silenced though nobody asked for it",
        lambda pair: not pair.is_optout and pair.prediction.optout,
        _optout_meant,
        _optout_understood,
    ),
    _Sort(
        "Emergency reply without danger",
        lambda pair: pair.message.risk is None and pair.prediction.immediate,
        _danger_meant,
        _danger_understood,
    ),
    _Sort(
        "Emergency reply where danger is past or only asked about",
        lambda pair: pair.message.immediate is False and pair.prediction.immediate,
        _danger_meant,
        _danger_understood,
    ),
    _Sort(
        "Danger seen, but taken for another",
        lambda pair: (
            pair.message.immediate is True
            and pair.prediction.immediate
            and pair.prediction.risk != pair.message.risk
        ),
        _danger_meant,
        _danger_understood,
    ),
    _Sort(
        "Answers to a check-in that were misread",
        lambda pair: (
            pair.message.kind is Kind.CHECKIN_REPLY
            and pair.prediction.checkin != pair.message.checkin
        ),
        lambda pair: pair.message.checkin or NOTHING,
        lambda pair: pair.prediction.checkin or NOTHING,
    ),
    _Sort(
        "Needs that are not among the first three",
        lambda pair: pair.needs_count and not pair.found_within(3),
        _needs_meant,
        _needs_understood,
    ),
    _Sort(
        "Needs that are not first",
        lambda pair: pair.needs_count and pair.found_within(3) and not pair.found_within(1),
        _needs_meant,
        _needs_understood,
    ),
    _Sort(
        "One of several needs left out",
        lambda pair: (
            pair.needs_count
            and pair.message.all_needs
            and pair.found_within(3)
            and not set(pair.message.needs) <= set(pair.prediction.needs)
        ),
        _needs_meant,
        _needs_understood,
    ),
    _Sort(
        "Places that were misread",
        lambda pair: not pair.place_found,
        lambda pair: pair.message.place or NOTHING,
        lambda pair: pair.prediction.place or NOTHING,
    ),
)

"""What the predictions are worth: every measure is a share with its Wilson interval. Pure.

A need counts as found when it is among the message's needs, any of them; needs are measured where
the message names some and calls for no emergency reply. A share of nothing is None, never 0 or 1.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.evaluation.calibration import Bin, bins
from bot.evaluation.messages import LANGUAGES, Kind, LabelledMessage
from bot.evaluation.prediction import Prediction

NOTHING = "(none)"
"""Stands in the confusion table where no need was predicted."""

_Z_95 = 1.959963984540054


class Pair(NamedTuple):
    """A message as labelled and as understood."""

    message: LabelledMessage
    prediction: Prediction

    @property
    def needs_count(self) -> bool:
        """Whether its needs are measured."""
        return bool(self.message.needs) and self.message.immediate is not True

    def found_within(self, first: int) -> bool:
        """Whether an acceptable need is among the first predicted ones."""
        return not set(self.message.needs).isdisjoint(self.prediction.needs[:first])

    @property
    def served_within_two(self) -> bool:
        """Whether an acceptable need was gone on with or was offered to choose from."""
        prediction = self.prediction
        return not set(self.message.needs).isdisjoint((*prediction.acted_on, *prediction.offered))

    @property
    def is_optout(self) -> bool:
        return self.message.kind is Kind.OPTOUT or self.message.checkin == "stop"

    @property
    def place_found(self) -> bool:
        return _folded(self.message.place) == _folded(self.prediction.place)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval after Wilson (1927), which holds for few cases and at 0 and 1."""
        if not self.of:
            return None
        share, spread = self.hits / self.of, _Z_95**2 / self.of
        middle = share + spread / 2
        reach = _Z_95 * math.sqrt(share * (1 - share) / self.of + spread / (4 * self.of))
        low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
        return max(0.0, low), min(1.0, high)


@dataclass(frozen=True, slots=True)
class NeedShares:
    """An acceptable need predicted first, and among the first three."""

    top1: Share
    top3: Share


@dataclass(frozen=True, slots=True)
class RiskShares:
    """How danger is seen. `immediate_recall` and `false_alarm` by language."""

    immediate_recall: Mapping[str, Share]
    false_alarm: Mapping[str, Share]
    type_accuracy: Share
    past_not_emergency: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Everything that is measured. `needs` and `served` by language, `by_need` by the primary need.

    `served`: a need is served within two turns when the reply goes on with it at once or offers
    it to choose from; `asked`: how often it asks. `calibration`: of the confidence, rising.
    """

    n: int
    needs: Mapping[str, NeedShares]
    served: Mapping[str, Share]
    asked: Share
    calibration: Sequence[Bin]
    all_needs: Share
    all_needs_messages: int
    risk: RiskShares
    optout_recall: Share
    optout_false_alarm: Share
    checkin: Share
    place: Share
    place_false_alarm: Share
    p50: float | None
    p95: float | None
    by_need: Mapping[str, NeedShares]
    confusion: Mapping[str, Mapping[str, int]]

    def shares(self) -> dict[str, Share]:
        """Every share under the dotted name that it has in the JSON."""
        named: dict[str, Share] = {}
        for language, need in self.needs.items():
            named[f"needs.{language}.top1"] = need.top1
            named[f"needs.{language}.top3"] = need.top3
        for language, share in self.served.items():
            named[f"served.{language}"] = share
        named["asked"] = self.asked
        named["all_needs.recall"] = self.all_needs
        for language, share in self.risk.immediate_recall.items():
            named[f"risk.immediate_recall.{language}"] = share
        named["risk.type_accuracy"] = self.risk.type_accuracy
        for language, share in self.risk.false_alarm.items():
            named[f"risk.false_alarm.{language}"] = share
        named["risk.past_not_emergency"] = self.risk.past_not_emergency
        named["optout.recall"] = self.optout_recall
        named["optout.false_alarm"] = self.optout_false_alarm
        named["checkin.accuracy"] = self.checkin
        named["place.accuracy"] = self.place
        named["place.false_alarm"] = self.place_false_alarm
        return named


def paired(messages: Sequence[LabelledMessage], predictions: Sequence[Prediction]) -> list[Pair]:
    """Join by id. Raises ValueError when a message has no prediction."""
    by_id = {prediction.id: prediction for prediction in predictions}
    missing = [message.id for message in messages if message.id not in by_id]
    if missing:
        raise ValueError(f"no prediction for {missing[0]!r}")
    return [Pair(message, by_id[message.id]) for message in messages]


def measure(pairs: Sequence[Pair]) -> Measures:
    """Measure predictions against labels."""
    measured = [pair for pair in pairs if pair.needs_count]
    several = [pair for pair in measured if pair.message.all_needs]
    optouts = [pair for pair in pairs if pair.is_optout]
    others = [pair for pair in pairs if not pair.is_optout]
    checkins = [pair for pair in pairs if pair.message.kind is Kind.CHECKIN_REPLY]
    with_place = [pair for pair in pairs if pair.message.place]
    without_place = [pair for pair in pairs if not pair.message.place]
    milliseconds = [pair.prediction.milliseconds for pair in pairs]
    return Measures(
        n=len(pairs),
        needs={language: _needs(_in(language, measured)) for language in LANGUAGES},
        served={
            language: _share(lambda pair: pair.served_within_two, _in(language, measured))
            for language in LANGUAGES
        },
        asked=_share(lambda pair: bool(pair.prediction.offered), measured),
        calibration=bins(
            (pair.prediction.confidence, pair.found_within(1))
            for pair in measured
            if pair.prediction.confidence is not None
        ),
        all_needs=_named_needs_predicted(several),
        all_needs_messages=len(several),
        risk=_risk(pairs),
        optout_recall=_share(lambda pair: pair.prediction.optout, optouts),
        optout_false_alarm=_share(lambda pair: pair.prediction.optout, others),
        checkin=_share(lambda pair: pair.prediction.checkin == pair.message.checkin, checkins),
        place=_share(lambda pair: pair.place_found, with_place),
        place_false_alarm=_share(lambda pair: not pair.place_found, without_place),
        p50=percentile(milliseconds, 0.50),
        p95=percentile(milliseconds, 0.95),
        by_need=_by_need(measured),
        confusion=_confusion(measured),
    )


def _risk(pairs: Sequence[Pair]) -> RiskShares:
    dangers = [pair for pair in pairs if pair.message.immediate is True]
    caught = [pair for pair in dangers if pair.prediction.immediate]
    past = [pair for pair in pairs if pair.message.immediate is False]
    safe = [pair for pair in pairs if pair.message.risk is None]
    return RiskShares(
        immediate_recall={lang: _share(_alarmed, _in(lang, dangers)) for lang in LANGUAGES},
        false_alarm={lang: _share(_alarmed, _in(lang, safe)) for lang in LANGUAGES},
        type_accuracy=_share(lambda pair: pair.prediction.risk == pair.message.risk, caught),
        past_not_emergency=_share(lambda pair: not pair.prediction.immediate, past),
    )


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value below which `share` of all lie, between neighbours in a straight line."""
    ordered = sorted(values)
    if not ordered:
        return None
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _needs(pairs: Sequence[Pair]) -> NeedShares:
    return NeedShares(
        top1=_share(lambda pair: pair.found_within(1), pairs),
        top3=_share(lambda pair: pair.found_within(3), pairs),
    )


def _by_need(pairs: Sequence[Pair]) -> dict[str, NeedShares]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair.message.needs[0], []).append(pair)
    return {need: _needs(groups[need]) for need in sorted(groups)}


def _named_needs_predicted(pairs: Iterable[Pair]) -> Share:
    """Of the needs that are named, not of the messages: half of two is half."""
    hits = named = 0
    for message, prediction in pairs:
        named += len(message.needs)
        hits += len(set(message.needs) & set(prediction.needs))
    return Share(hits, named)


def _confusion(pairs: Iterable[Pair]) -> dict[str, dict[str, int]]:
    """How often a need was taken for which, by the first need predicted.

    An acceptable first answer stands on the diagonal, a wrong one in the row of the primary need.
    """
    counts: dict[str, Counter[str]] = {}
    for message, prediction in pairs:
        first = prediction.needs[0] if prediction.needs else NOTHING
        meant = first if first in message.needs else message.needs[0]
        counts.setdefault(meant, Counter())[first] += 1
    return {meant: dict(counts[meant].most_common()) for meant in sorted(counts)}


def _in(language: str, pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.message.lang == language]


def _share(hit: Callable[[Pair], bool], pairs: Iterable[Pair]) -> Share:
    verdicts = [hit(pair) for pair in pairs]
    return Share(sum(verdicts), len(verdicts))


def _alarmed(pair: Pair) -> bool:
    return pair.prediction.immediate


def _folded(place: str | None) -> str | None:
    return " ".join(place.casefold().split()) if place else None

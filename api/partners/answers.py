"""What a partner's form says: a move of the referral, or a question. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from api.partners.words import reasons
from directory.languages import Language
from directory.referrals.states import Status

MOST_LETTERS = 1000
MOST_FIELDS = 20
OTHER = "other"


class Step(StrEnum):
    """What the buttons of the page do."""

    ACCEPT = "accept"
    DECLINE = "decline"
    START = "start"
    WAIT = "wait"
    FINISH = "finish"
    FAIL = "fail"
    ASK = "ask"


BECOMES = {
    Step.ACCEPT: Status.ACCEPTED,
    Step.DECLINE: Status.REJECTED,
    Step.START: Status.IN_PROGRESS,
    Step.WAIT: Status.ON_HOLD,
    Step.FINISH: Status.COMPLETED,
    Step.FAIL: Status.FAILED,
}
# After these the link opens nothing any more.
ENDS = frozenset({Step.DECLINE, Step.FINISH, Step.FAIL})


@dataclass(frozen=True, slots=True)
class Move:
    """`reason`: for staff, in English, with the partner's own words behind it."""

    step: Step
    to: Status
    reason: str | None


@dataclass(frozen=True, slots=True)
class Question:
    text: str


class Unclear(Exception):
    """The form can't be taken as it is. `problem`: the sentence of words.yml that says why."""

    def __init__(self, problem: str, step: Step | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.step = step


def fields(body: bytes) -> dict[str, str]:
    """The fields of a form-encoded body; of one that is none, none. The last of a name counts."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:  # more fields than any form of ours has
        return {}
    return cleaned(pairs)


def cleaned(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The last value of each name, without what no keyboard types."""
    return {name: _cleaned(value) for name, value in pairs}


def understood(form: Mapping[str, str]) -> Move | Question:
    """What the form asks for. Raises Unclear."""
    try:
        step = Step(form.get("step", ""))
    except ValueError as error:
        raise Unclear("problem_step", None) from error
    words = form.get("words", "")
    if len(words) > MOST_LETTERS:
        raise Unclear("problem_long", step)
    if step is Step.ASK:
        if not words:
            raise Unclear("problem_ask", step)
        return Question(words)
    return Move(step, BECOMES[step], _reason(step, form.get("why", ""), words))


def _reason(step: Step, why: str, words: str) -> str | None:
    choices = reasons(step, Language.EN)
    if not choices:
        return words or None
    if len(choices) == 1:
        (why,) = choices
    if why not in choices:
        raise Unclear("problem_why", step)
    if why == OTHER and not words:
        raise Unclear("problem_other", step)
    return f"{choices[why]}: {words}" if words else choices[why]


def _cleaned(value: str) -> str:
    """Without what no keyboard types: control characters other than line ends."""
    kept = (each for each in value if each.isprintable() or each == "\n")
    return "".join(kept).strip()

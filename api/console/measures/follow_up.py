"""Figures of following up: the first contact, check-ins and their answers, danger."""

from api.console.measures.tables import (
    Asked,
    Listed,
    Plot,
    Row,
    Section,
    Table,
    added,
    list_table,
    listed,
    share,
    stage_of,
    waits_tables,
    without_small_totals,
)
from bot.checkin_answers import CheckinAnswer
from directory.checkins.models import CheckInStatus
from directory.measures import queries
from directory.measures.queries import Followed
from directory.measures.stages import Stage, arriving, held_back
from directory.tasks.models import TaskStatus


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


ANSWERS = {
    CheckinAnswer.BETTER: _("Answered: doing okay"),
    CheckinAnswer.SAME: _("Answered: the same"),
    CheckinAnswer.NEEDS_HELP: _("Answered: could use help"),
    CheckinAnswer.CALL_ME: _("Answered: please call"),
    CheckinAnswer.WORSE: _("Answered: worse"),
    CheckinAnswer.CRISIS: _("Answered: in danger"),
    CheckinAnswer.WRONG_PERSON: _("Answered: wrong person"),
    CheckinAnswer.STOP: _("Answered: stop"),
    CheckinAnswer.UNCLEAR: _("Answered: not clear"),
}
NOT_SENT = {
    CheckInStatus.FAILED: _("Could not be delivered"),
    CheckInStatus.DROPPED: _("Dropped: too late, or not allowed"),
    CheckInStatus.PLANNED: _("Waits to be sent"),
}
TASKS = {
    TaskStatus.OPEN: _("Nobody has taken it"),
    TaskStatus.CLAIMED: _("Somebody is on it"),
    TaskStatus.DONE: _("Done"),
}


def first_follow_up(asked: Asked) -> Section:
    waits = queries.first_follow_up(asked.session, asked.span)
    say = asked.say
    title = say(_("Time to the first follow-up"))
    held = held_back([stage_of(waits)], threshold=asked.threshold)
    tables = waits_tables(asked, "first-follow-up", title, waits, held, plot=Plot())
    return Section(
        "first-follow-up",
        title,
        say(
            _(
                "From a visit to the first check-in that the carrier took, for visits that have "
                "check-ins; visits without any are left out: no consent to texts, not safe to "
                "text, or a call for which none are planned; so are visits whose check-ins were "
                "all cancelled before one went out."
            )
        ),
        without_small_totals(tables),
    )


def checkins(asked: Asked) -> Section:
    say = asked.say
    found = queries.checkins(asked.session, asked.span, now=asked.now)
    sent = found.by_status.get(CheckInStatus.SENT, 0)
    unanswered = found.asked - found.asked_answered
    known = {each.value for each in ANSWERS}
    other = sum(number for answer, number in found.answers.items() if answer not in known)
    answers = [(say(title), found.answers.get(each.value, 0)) for each, title in ANSWERS.items()]
    counts = [
        *answers,
        (say(_("Answered in another way")), other),
        (say(_("Sent, and no answer")), unanswered),
        (say(_("Sent, and asked for nothing")), sent - unanswered),
        *((say(title), found.by_status.get(each, 0)) for each, title in NOT_SENT.items()),
    ]
    shown = listed(asked, counts)
    title, caption = say(_("Check-ins")), say(_("What became of check-ins"))
    first = say(_("What became of it"))
    # As in `counts`: the answers and "in another way", and then no answer.
    shares = _shares_of(asked, found, shown, unanswered=len(answers) + 1)
    return Section(
        "check-ins",
        title,
        say(
            _(
                "Check-ins that were due in this period and by now; those that were cancelled "
                "before are left out: the person opted out, or a later visit planned others."
            )
        ),
        without_small_totals(
            (list_table(asked, "check-ins", caption, first, shown, plot=Plot(lying=True)), shares)
        ),
    )


def _shares_of(asked: Asked, found: Followed, shown: Listed, *, unanswered: int) -> Table:
    """`unanswered`: where the list says how many did not answer; the answers are before it, and
    then what asked for nothing and what was not sent."""
    say = asked.say
    answered, reached = shown.of(*range(unanswered)), shown.of(*range(unanswered + 2))
    missed = shown.of(*range(unanswered + 2, len(shown.counts)))
    if reached is None and shown.total is not None and missed is not None:
        reached = shown.total - missed
    others = shown.of(unanswered, unanswered + 1)
    if answered is None and reached is not None and others is not None:
        answered = reached - others
    # Some answer what asked for nothing: where the answers are told, those would be as well.
    unasked = sum(found.answers.values()) - found.asked_answered
    apart = listed(asked, [("", found.asked_answered), ("", unasked)])
    to_questions = None if answered is None else apart.counts[0]
    questions = added(to_questions, shown.counts[unanswered])
    return Table(
        "check-in-reach",
        say(_("Reach and answers")),
        say(_("Share")),
        (say(_("Share")),),
        (
            Row(say(_("Sent, of those that were due")), (share(reached, shown.total),)),
            Row(
                say(_("Answered, of those that asked for an answer")),
                (share(to_questions, questions),),
            ),
        ),
    )


def danger(asked: Asked) -> Section:
    say = asked.say
    waits = queries.time_to_a_person(asked.session, asked.span)
    found = queries.danger_tasks(asked.session, asked.span)
    # What nobody has taken stands in both lists.
    lines = {status.value: line for line, status in enumerate(TASKS)}
    onward = {(int(taken), lines[status]): number for (status, taken), number in found.items()}
    tasks = Stage(arriving(onward, lines=len(TASKS)))
    held = held_back([stage_of(waits, onward), tasks], threshold=asked.threshold)
    stands = Listed(tuple(map(say, TASKS.values())), held.lists[1], held.total)
    title, first = say(_("Time to a person")), say(_("Where it stands"))
    return Section(
        "danger",
        say(_("Danger")),
        say(
            _(
                "Texts that spoke of immediate danger, each a task: the time until a member of "
                "staff took it on, and where the task stands now; the safety reply, which goes "
                "out at once, is not a person and does not count."
            )
        ),
        without_small_totals(
            (
                *waits_tables(asked, "danger", title, waits, held, plot=Plot()),
                list_table(asked, "danger-tasks", say(_("Tasks of danger")), first, stands),
            )
        ),
    )

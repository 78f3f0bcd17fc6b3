"""What the pages about people and referrals call things."""

from bot.checkin_answers import CheckinAnswer
from bot.staff_texts import Obstacle
from directory.mandated_reports.models import Agency, ReportKind
from directory.messages.models import OutboundStatus
from directory.people.models import ConsentMethod, Purpose
from directory.referrals.models import Priority
from directory.referrals.states import NotReceived, Outcome, Status
from directory.visits.models import CallType


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


CALL_TYPES = {
    CallType.MENTAL_HEALTH: _("Mental health"),
    CallType.DOMESTIC_VIOLENCE: _("Domestic violence"),
    CallType.ELDERLY: _("Older person"),
    CallType.SUBSTANCE_USE: _("Substance use"),
    CallType.OTHER_CRISIS: _("Other crisis"),
}
STATUSES = {
    Status.DRAFT: _("Draft"),
    Status.REQUESTED: _("Waits for an answer"),
    Status.ACCEPTED: _("Accepted"),
    Status.REJECTED: _("Declined"),
    Status.CANCELLED: _("Taken back"),
    Status.IN_PROGRESS: _("In progress"),
    Status.ON_HOLD: _("Waiting list"),
    Status.FAILED: _("Could not help"),
    Status.COMPLETED: _("Completed"),
    Status.ENTERED_IN_ERROR: _("Written by mistake"),
}
OUTCOMES = {
    Outcome.SERVICE_RECEIVED: _("Service received"),
    Outcome.NOT_RECEIVED: _("Service not received"),
    Outcome.UNKNOWN: _("Not known what came of it"),
}
NOT_RECEIVED = {
    NotReceived.CLOSED: _("It was closed"),
    NotReceived.FULL: _("It was full"),
    NotReceived.NOT_ELIGIBLE: _("They did not qualify"),
    NotReceived.NO_ANSWER: _("Nobody answered"),
    NotReceived.WRONG_NUMBER: _("The number was wrong"),
    NotReceived.OTHER: _("Something else"),
}
PRIORITIES = {Priority.ROUTINE: _("Routine"), Priority.URGENT: _("Urgent")}
PURPOSES = {
    Purpose.SMS: _("Texts to this phone"),
    Purpose.REFERRAL: _("Passing name and number to a partner"),
    Purpose.SUBSTANCE_USE: _("Telling a partner of substance use"),
}
METHODS = {
    ConsentMethod.VERBAL: _("in words"),
    ConsentMethod.WRITTEN: _("in writing"),
    ConsentMethod.TEXT: _("by text"),
}
# What a colleague can be told; by text only the person says it.
METHODS_ASKED = (ConsentMethod.VERBAL, ConsentMethod.WRITTEN)
IN_WRITING = ConsentMethod.WRITTEN
ANSWERS = {
    CheckinAnswer.BETTER: _("okay"),
    CheckinAnswer.SAME: _("about the same"),
    CheckinAnswer.WORSE: _("worse"),
    CheckinAnswer.NEEDS_HELP: _("could use help"),
    CheckinAnswer.CALL_ME: _("please call"),
    CheckinAnswer.WRONG_PERSON: _("wrong person"),
    CheckinAnswer.STOP: _("no more texts"),
    CheckinAnswer.CRISIS: _("danger"),
    CheckinAnswer.UNCLEAR: _("in their own words"),
}
REPORT_KINDS = {
    ReportKind.CHILD: _("child"),
    ReportKind.ELDER: _("older person"),
    ReportKind.DISABILITY: _("person with a disability"),
    ReportKind.OTHER: _("other"),
}
AGENCIES = {
    Agency.DCFS: _("DCFS"),
    Agency.ADULT_PROTECTIVE_SERVICES: _("Adult Protective Services"),
    Agency.OTHER: _("another agency"),
}
DELIVERY = {
    OutboundStatus.QUEUED: _("not sent yet"),
    OutboundStatus.SENDING: _("being sent"),
    OutboundStatus.SENT: _("sent"),
    OutboundStatus.DELIVERED: _("delivered"),
    OutboundStatus.FAILED: _("did not arrive"),
    OutboundStatus.DROPPED: _("was not sent"),
    OutboundStatus.UNCERTAIN: _("not known whether it arrived"),
}
TROUBLE = (OutboundStatus.FAILED, OutboundStatus.DROPPED, OutboundStatus.UNCERTAIN)
OBSTACLES = {
    Obstacle.OPTED_OUT: _("This number has stopped texts. Only the person can change that: call."),
    Obstacle.UNREACHABLE: _("Texts do not reach this number, or it is somebody else's now."),
    Obstacle.NOT_SAFE: _("It is not known that texting this phone is safe: ask first."),
    Obstacle.NO_CONSENT: _("The person has not agreed to texts: ask first."),
}
# These are mended by asking the person, in place.
ASKABLE = (Obstacle.NOT_SAFE, Obstacle.NO_CONSENT)
VISIT_CHANGED = _(
    "Somebody changed this visit meanwhile. See what it says now, and save again what is still "
    "right."
)
VOID_WITHOUT_REASON = _("Write why the visit should never have been logged.")
# After these the page also says what is planned now.
SAYS_PLANNED = ("visit", "corrected", "checkins_ended", "voided")
# What the page says after a form (`?done=…`).
SAID = {
    "saved": _("Saved."),
    "agreed": _("Their yes was written down."),
    "revoked": _("Their no was written down, and what it ends has ended."),
    "reassigned": _("Nothing goes to this number any more. Whoever texts from it is new."),
    "written": _("The text is on its way; the bot stands aside."),
    "held": _("You speak with this person now; the bot stands aside."),
    "handed_back": _("The bot answers again."),
    "visit": _("The visit was logged."),
    "corrected": _("The visit was put right."),
    "checkins_ended": _(
        "The visit was put right. It was domestic violence: the check-ins that were chosen before "
        "that was known do not go out. If the person wants them, choose them anew."
    ),
    "voided": _("The visit was voided: it counts nowhere."),
    "texted": _("The listing is on its way."),
    "referred": _("The referral was sent."),
}

"""Every table, imported in one place: for migrations and for tests."""

from directory.checkins.models import CheckIn
from directory.clock import ClockState
from directory.conversations.models import Conversation
from directory.database import Base
from directory.listings import models as listings
from directory.messages.models import InboundMessage, OutboundMessage, SendPace
from directory.people.models import AuditEntry, Consent, Person
from directory.staff.models import FailedLogin, StaffMember, StaffToken
from directory.tasks.models import Task
from directory.visits.models import Visit

ALL: tuple[type[Base], ...] = (
    listings.Service,
    AuditEntry,
    CheckIn,
    ClockState,
    Consent,
    Conversation,
    FailedLogin,
    InboundMessage,
    OutboundMessage,
    Person,
    SendPace,
    StaffMember,
    StaffToken,
    Task,
    Visit,
)

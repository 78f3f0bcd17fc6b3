"""Every table, imported in one place: for migrations and for tests."""

from directory.backups.models import BackupRun
from directory.callers.models import CallerPace
from directory.checkins.models import CheckIn
from directory.checkins.plan_models import CheckinPlan
from directory.clock import ClockState
from directory.conversations.models import Conversation
from directory.database import Base
from directory.freshness.models import FreshnessCheck
from directory.listings import change_models as changes
from directory.listings import models as listings
from directory.listings.dialled_models import NumberCheck
from directory.mandated_reports.models import MandatedReport
from directory.measures.models import UnmetNeed
from directory.messages.models import InboundMessage, OutboundMessage, SendPace
from directory.notices.models import Notice
from directory.on_call import models as on_call
from directory.partners.models import (
    ListingLink,
    PartnerContact,
    PartnerKey,
    PartnerSession,
    ReferralLink,
)
from directory.people.models import AuditEntry, Consent, Person
from directory.referrals import models as referrals
from directory.repeats import RepeatedRequest
from directory.retention import models as retention
from directory.staff.models import FailedLogin, RecoveryCode, StaffMember, StaffSession, StaffToken
from directory.tasks.models import Task
from directory.training.models import CitMember
from directory.visits.models import Visit
from directory.wordings.models import Wording

ALL: tuple[type[Base], ...] = (
    listings.Service,
    AuditEntry,
    CallerPace,
    BackupRun,
    CheckIn,
    CheckinPlan,
    CitMember,
    ClockState,
    Consent,
    Conversation,
    FailedLogin,
    FreshnessCheck,
    InboundMessage,
    ListingLink,
    MandatedReport,
    Notice,
    NumberCheck,
    OutboundMessage,
    PartnerContact,
    PartnerKey,
    PartnerSession,
    Person,
    RecoveryCode,
    ReferralLink,
    RepeatedRequest,
    SendPace,
    StaffMember,
    StaffSession,
    StaffToken,
    Task,
    UnmetNeed,
    Visit,
    Wording,
    changes.DuplicatePair,
    changes.ImportRun,
    changes.ListingChange,
    changes.ListingEvent,
    changes.ServiceNotice,
    changes.Tombstone,
    on_call.Alarm,
    on_call.OnCallShift,
    on_call.Page,
    on_call.Pause,
    referrals.ListingReport,
    referrals.Referral,
    referrals.ReferralEvent,
    referrals.ReferralRemark,
    retention.CarrierCopiesSeen,
    retention.CarrierCopy,
    retention.LegalHold,
    retention.RetentionRun,
)

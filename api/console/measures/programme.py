"""Figures of the programme itself: listings, texts and what they cost, CIT training."""

from collections import Counter

from api.console.measures.tables import (
    HIDDEN,
    NOTHING,
    Asked,
    Kind,
    Listed,
    Plot,
    Row,
    Section,
    Table,
    Value,
    count,
    list_table,
    listed,
    share,
    without_small_totals,
)
from bot.sms.gateway import SendFailure
from directory.freshness.models import Freshness
from directory.measures import text_queries as queries
from directory.messages.models import MessageKind, OutboundStatus


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


FRESHNESS = {
    Freshness.FRESH: _("Fresh"),
    Freshness.ASKED: _("The partner is being asked"),
    Freshness.LOWERED: _("No answer: ranks behind others"),
}
KINDS = {
    MessageKind.REPLY: _("Replies"),
    MessageKind.CHECKIN: _("Check-ins"),
    MessageKind.NOTICE: _("Notices on referrals and listings"),
}
STATUSES = {
    OutboundStatus.DELIVERED: _("Delivered"),
    OutboundStatus.SENT: _("Taken by the carrier"),
    OutboundStatus.QUEUED: _("Waits to be sent"),
    OutboundStatus.SENDING: _("Is being sent"),
}


FAILURES = {
    SendFailure.OPTED_OUT: _("the person had opted out"),
    SendFailure.UNREACHABLE: _("phone off or out of reach"),
    SendFailure.UNKNOWN_NUMBER: _("no such number"),
    SendFailure.LANDLINE: _("a landline"),
    SendFailure.FILTERED: _("taken for spam"),
    SendFailure.UNREGISTERED: _("our number is not registered"),
    SendFailure.INVALID: _("our mistake"),
    SendFailure.OTHER: _("another reason"),
}


def listings(asked: Asked) -> Section:
    """Nothing here is about a person, so nothing is held back."""
    say = asked.say
    today = asked.now.astimezone(asked.settings.zone).date()
    found = queries.listing_ages(asked.session, today=today)
    ages = [say(_("up to %(days)s days ago"), days=days) for days in queries.AGES]
    labels = (*ages, say(_("longer ago")), say(_("never")))
    by_age = _all_shown(list(zip(labels, found.by_age, strict=True)))
    stands = _all_shown(
        [(say(title), found.by_freshness.get(each, 0)) for each, title in FRESHNESS.items()]
    )
    return Section(
        "listings",
        say(_("Freshness of listings")),
        say(
            _(
                "Listings that are shown to the public, as they stand now, by when somebody last "
                "said that they are right, or else by when a number of theirs was read on a page; "
                "the %(number)s that are withheld, as nobody answered for long, are left out."
            ),
            number=found.withheld,
        ),
        (
            list_table(
                asked,
                "listings-by-age",
                say(_("Last checked")),
                say(_("Checked")),
                by_age,
                plot=Plot(lying=True),
            ),
            list_table(
                asked, "listings", say(_("How far they are trusted")), say(_("Standing")), stands
            ),
        ),
    )


def _all_shown(counts: list[tuple[str, int]]) -> Listed:
    labels = tuple(label for label, _number in counts)
    numbers = tuple(number for _label, number in counts)
    return Listed(labels, numbers, sum(numbers))


def texts(asked: Asked) -> Section:
    say = asked.say
    found = queries.texts(asked.session, asked.span)
    kinds, statuses = Counter[str](), Counter[str]()
    for (kind, status), number in found.sent.items():
        kinds[kind] += number
        statuses[status] += number
    named = {each.value: say(title) for each, title in KINDS.items()}
    by_kind = listed(
        asked,
        [
            (named.get(kind, say(_("Written by staff"))), kinds[kind])
            for kind in (*named, *(each for each in kinds if each not in named))
        ],
    )
    fates = [(say(title), statuses[each.value]) for each, title in STATUSES.items()]
    fates += [
        (say(_("Did not arrive: %(reason)s"), reason=reason), number)
        for reason, number in sorted(_failures(asked, found).items())
    ]
    by_fate = listed(asked, fates)
    tables = (
        list_table(asked, "texts-by-kind", say(_("Our texts by kind")), say(_("Kind")), by_kind),
        list_table(
            asked,
            "texts-by-fate",
            say(_("What became of our texts")),
            say(_("What became of it")),
            by_fate,
        ),
        _totals(asked, found, by_kind),
    )
    return Section(
        "texts",
        say(_("Texts")),
        say(
            _(
                "Texts of ours that were written in this period, to residents, partners and "
                "staff; segments and cost are those of texts that the carrier took, cost without "
                "the price of texts that we receive. Opted out: people who texted STOP in this "
                "period and have not texted START since."
            )
        ),
        without_small_totals(tables),
    )


def _failures(asked: Asked, found: queries.Texts) -> Counter[str]:
    """In words; what is no failure of the carrier's is named by its code."""
    known = {each.value: title for each, title in FAILURES.items()}
    counts = Counter[str]()
    for reason, number in found.failures.items():
        counts[asked.say(known.get(reason, reason.replace("_", " ")))] += number
    return counts


def _totals(asked: Asked, found: queries.Texts, by_kind: Listed) -> Table:
    say, price = asked.say, asked.settings.segment_price
    segments, cost = count(found.segments), Value(Kind.DOLLARS, found.segments * price)
    if by_kind.total is None or found.segments < asked.threshold:
        segments = cost = HIDDEN if found.segments else count(0)
    if not price:
        cost = NOTHING
    received = listed(asked, [("", found.received)]).total
    opted_out = listed(asked, [("", found.opted_out)]).total
    rows = [
        Row(say(_("Texts received")), (count(received),)),
        Row(say(_("Segments sent")), (segments,)),
        Row(say(_("Cost")) if price else say(_("Cost: not known, as no price is set")), (cost,)),
        Row(say(_("People who opted out")), (count(opted_out),)),
    ]
    if found.unmeasured:
        unmeasured = listed(asked, [("", found.unmeasured)]).total
        label = say(_("Texts sent of whose segments the carrier says nothing"))
        rows.insert(2, Row(label, (count(unmeasured),)))
    return Table("texts", say(_("Texts in all")), say(_("What")), (say(_("Number")),), tuple(rows))


def training(asked: Asked) -> Section:
    """The city publishes these itself, and they are not of residents: nothing is held back."""
    say = asked.say
    found = queries.training(asked.session)
    goal = asked.settings.cit_share_goal

    def row(label: str, part: int, whole: int, wanted: Value) -> Row:
        return Row(label, (count(part), count(whole), share(part, whole), wanted))

    certified = row(
        say(_("CIT-certified")), found.certified, found.members, Value(Kind.SHARE, goal)
    )
    everybody = Value(Kind.SHARE, 1.0)
    course = say(_("Officers with the 40-hour course"))
    return Section(
        "training",
        say(_("CIT training")),
        say(
            _(
                "Officers and designated staff written down in the programme, as it stands now; "
                "who has left is left out."
            )
        ),
        (
            Table(
                "training",
                say(_("Training against the city's goal")),
                say(_("Training")),
                (say(_("Have it")), say(_("Of")), say(_("Share")), say(_("Goal"))),
                (
                    certified,
                    row(course, found.officers_completed, found.officers, everybody),
                    row(
                        say(_("All with the 40-hour course")),
                        found.completed,
                        found.members,
                        NOTHING,
                    ),
                ),
            ),
        ),
    )

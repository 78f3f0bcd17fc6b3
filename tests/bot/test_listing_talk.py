"""The whole way: a list, questions about one of its services, a number that is dead."""

from directory import database
from directory.database import Database
from directory.freshness import queries
from directory.freshness.models import Reported
from directory.listings.models import Phone, Service
from directory.tasks.models import TaskKind
from tests.bot.texting import Texting, rows, task_kinds


def test_a_resident_asks_about_the_list_and_says_that_a_number_is_dead(partners: Database) -> None:
    texting = Texting()
    (listed,) = texting.text("food 60540")
    assert listed.startswith("1 ")
    (which,) = texting.text("do they speak spanish?")
    assert which == "Which one do you mean? Reply 1, 2 or 3."
    (first,) = texting.text("1")
    name = first.split(":")[0].removeprefix("We don't know that. Ask them: ").split(",")[0]
    assert name in listed
    (address,) = texting.text("where is it")
    assert name in address
    (following,) = texting.text("the number is disconnected")
    assert "\n2 " in following
    with database.read_scope() as session:
        service = next(each for each in rows(Service) if each.name == name)
        (report,) = queries.open_reports(session, service.id)
        assert report.kind == Reported.WRONG_NUMBER
        assert report.note == "the number is disconnected"
        assert report.reported_by.startswith("resident:")
    assert task_kinds(service_id=service.id) == [TaskKind.LISTING_REPORT]
    # Said of the next one by who has made enough of them, the list still goes on.
    for _ in range(6):
        (reply,) = texting.text("that number is disconnected too")
        assert reply


def test_what_may_not_leave_the_directory_is_in_no_answer(partners: Database) -> None:
    texting = Texting()
    withheld = {phone.number for phone in rows(Phone) if not phone.attested}
    assert texting.text("shelter 60540")[0].count("\n") >= 3
    for number in (1, 2, 3):
        for question in ("address", "phone number", "where is it", "what do i need to bring"):
            said = " ".join(texting.text(f"{question} for {number}"))
            assert not any(hidden in said for hidden in withheld)
            assert "Which" not in said

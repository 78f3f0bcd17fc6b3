"""After a visit the check-ins go out when due, their answers are handled, and STOP ends them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from tests.journeys.running import RESIDENT, Product, wait_until

REVEALING = ("police", "crisis", "officer", "mental", "abuse", "violence", "policia", "counsel")


def _daytime(product: Product) -> None:
    """Jump to ten in the morning, so that no test depends on the hour it runs at."""
    local = product.services.clock.now().astimezone(product.settings.zone)
    ten = local.replace(hour=10, minute=0, second=0, microsecond=0)
    if ten <= local:
        ten += timedelta(days=1)
    product.pass_time(ten - local)


def _statuses(product: Product, person_id: str) -> list[str]:
    return [each["status"] for each in product.listed("checkins", person_id=person_id)]


def test_the_standard_sequence_goes_out_and_its_answers_are_handled(
    product_on_both: Product,
) -> None:
    product = product_on_both
    _daytime(product)
    visit = product.visit()
    assert visit.status_code == 201, visit.text
    person_id = visit.json()["person_id"]
    planned = visit.json()["checkins"]
    assert [each["status"] for each in planned] == ["planned"] * 3

    product.pass_time(timedelta(hours=24, minutes=1))
    first = wait_until("the first check-in", lambda: product.received(RESIDENT))[-1]
    assert "Alex" in first.body
    assert not any(word in first.body.lower() for word in REVEALING)
    wait_until("its receipt", lambda: _statuses(product, person_id)[0] == "sent")
    (reply,) = product.text("1")
    assert "Thank you" in reply
    assert _statuses(product, person_id)[0] == "answered"

    product.pass_time(timedelta(hours=48))
    wait_until("the second", lambda: _statuses(product, person_id)[1] == "sent")
    (reply,) = product.text("3")
    assert "call you" in reply
    assert [task["kind"] for task in product.listed("tasks", person_id=person_id)] == ["call_back"]

    product.pass_time(timedelta(days=11))
    wait_until("the last", lambda: _statuses(product, person_id)[2] == "sent")
    (services,) = product.text("we are out of food, 60540")
    assert "Loaves" in services
    assert _statuses(product, person_id) == ["answered"] * 3


def test_stop_cancels_what_is_planned(product_on_both: Product) -> None:
    product = product_on_both
    visit = product.visit().json()
    product.text("STOP")
    cancelled = ["cancelled"] * 3
    wait_until("the end of it", lambda: _statuses(product, visit["person_id"]) == cancelled)
    before = product.carrier.last_order()
    product.pass_time(timedelta(days=3))
    product.services.workers.sweep(slow=True)
    assert not product.received(RESIDENT, after=before)


def test_after_domestic_violence_nothing_is_sent_unless_asked_for(product: Product) -> None:
    quiet = product.visit(call_type="domestic_violence").json()
    assert quiet["checkins"] == []
    asked = product.visit(call_type="domestic_violence", follow_up="standard").json()
    assert len(asked["checkins"]) == 3
    unsafe = product.visit(
        call_type="domestic_violence", follow_up="standard", person={"safe_to_text": None}
    ).json()
    assert unsafe["checkins"] == []


def test_a_check_in_is_never_sent_in_quiet_hours(product: Product) -> None:
    _daytime(product)
    product.pass_time(timedelta(hours=13))  # eleven at night
    visit = product.visit().json()
    for each in visit["checkins"]:
        local = datetime.fromisoformat(each["due_at"]).astimezone(product.settings.zone)
        assert 9 <= local.hour < 20


def test_a_stale_check_in_is_dropped_rather_than_sent_late(product: Product) -> None:
    _daytime(product)
    visit = product.visit().json()
    before = product.carrier.last_order()
    product.pass_time(timedelta(days=30))
    product.services.workers.sweep(slow=False)
    wait_until(
        "the dropping",
        lambda: (
            set(_statuses(product, visit["person_id"])) == {"dropped"}
            or product.services.quiet.covers(product.services.clock.now())
        ),
    )
    assert not product.received(RESIDENT, after=before)


def test_worse_opens_a_task_and_danger_in_an_answer_is_danger(product: Product) -> None:
    _daytime(product)
    visit = product.visit().json()
    product.pass_time(timedelta(hours=24, minutes=1))
    wait_until("the check-in", lambda: _statuses(product, visit["person_id"])[0] == "sent")
    reply = product.text("not good. i took all my pills")[0]
    assert "911" in reply
    assert product.tasks()[0]["kind"] == "danger"
    assert _statuses(product, visit["person_id"])[0] == "answered"


def test_many_visits_logged_at_once_are_all_kept(product: Product) -> None:
    """More writers at once than the server has threads: nobody is locked out, nothing is lost."""
    headers = product.log_in()
    body = product.visit_body()

    def log(number: int) -> int:
        person = body["person"] | {"phone": f"+1630555{number + 3000:04d}"}
        answer = product.http.post(
            "/api/v1/visits", json=body | {"person": person}, headers=headers
        )
        return answer.status_code

    with ThreadPoolExecutor(80) as pool:
        statuses = list(pool.map(log, range(160)))
    assert statuses == [201] * 160

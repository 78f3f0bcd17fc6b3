"""STOP ends everything with one confirmation, START begins again, HELP names 911 and 988."""

from tests.journeys.running import Product


def test_stop_gets_one_confirmation_and_then_silence_until_start(
    product_on_both: Product,
) -> None:
    product = product_on_both
    # The carrier confirms its own keyword and blocks the number; ours would be a second one.
    (stopped,) = product.text("STOP")
    assert "unsubscribed" in stopped
    product.silence_after("need food 60540")
    product.silence_after("HELP")
    (started,) = product.text("START")
    assert "again" in started
    assert "Loaves" in product.text("need food 60540")[0]


def test_an_opt_out_in_plain_words_counts(product: Product) -> None:
    (stopped,) = product.text("please stop texting me")
    assert "no more texts" in stopped
    product.silence_after("who is this")


def test_alto_in_spanish_counts(product: Product) -> None:
    (stopped,) = product.text("ya no me manden mensajes por favor")
    assert "Ya no va a recibir" in stopped


def test_help_names_911_and_988(product: Product) -> None:
    (reply,) = product.text("HELP")
    assert "911" in reply
    assert "988" in reply


def test_danger_from_an_opted_out_number_is_a_task_and_no_text(product: Product) -> None:
    product.text("STOP")
    product.silence_after("i want to kill myself")
    kinds = [task["kind"] for task in product.tasks()]
    assert kinds == ["opted_out_danger"]

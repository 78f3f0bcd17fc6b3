"""Danger is answered before anything else, with approved words and a task for a person."""

from bot.safety.replies import approved
from bot.safety.screen import Risk
from directory.languages import Language
from tests.journeys.running import Product


def test_danger_in_the_middle_of_a_form_keeps_the_need(product_on_both: Product) -> None:
    product = product_on_both
    (question,) = product.text("need food")
    assert "town or ZIP" in question
    danger, offer = product.text("i want to kill myself tonight", replies=2)
    texts = {approved(Risk.SUICIDE, Language.EN, on_shift=on).text for on in (True, False)}
    assert danger in texts
    assert "MORE" in offer
    (services,) = product.text("60540")
    assert "Loaves" in services
    (task,) = product.tasks()
    assert task["kind"] == "danger"
    assert task["due_at"] > task["created_at"]


def test_more_after_danger_goes_on_with_the_need(product: Product) -> None:
    product.text("need food 60540")
    product.text("he has a gun and says he will shoot me", replies=2)
    (services,) = product.text("MORE")
    assert "Loaves" in services


def test_danger_in_spanish_is_answered_in_spanish(product: Product) -> None:
    (reply,) = product.text("ya no quiero vivir")
    texts = {approved(Risk.SUICIDE, Language.ES, on_shift=on).text for on in (True, False)}
    assert reply in texts

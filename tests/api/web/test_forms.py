"""What browsers do to a form before we read it."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.console import listing_actions, on_scene, referrals, review, visit_changes, visits, writing
from api.web.forms import Lines

ONCE = "11111111-1111-4111-8111-111111111111"
TEXT = "\n".join(["a line that is forty characters long...."] * 48)
SENT = TEXT.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("sent", "read"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\nb", "a\n\nb"), ("", "")]
)
def test_a_line_break_is_one_character_however_it_is_sent(sent: str, read: str) -> None:
    assert TypeAdapter(Lines).validate_python(sent) == read


@pytest.mark.parametrize(
    ("form", "field", "rest"),
    [
        (visits.Sent, "disposition", {"once": ONCE}),
        (visit_changes.Corrected, "disposition", {"call_type": "elderly"}),
        (on_scene.NewRequest, "reason", {"once": ONCE, "service": ONCE, "person": ONCE}),
        (referrals.Move, "words", {"once": ONCE, "act": "remark"}),
        (writing.Text, "text", {"once": ONCE}),
        (listing_actions.NewNotice, "text", {"once": ONCE}),
    ],
)
def test_what_a_browser_lets_one_write_in_several_lines_is_taken(
    form: type[BaseModel], field: str, rest: dict[str, Any]
) -> None:
    assert len(TEXT) < 2000 < len(SENT)
    assert getattr(form(**rest, **{field: SENT}), field) == TEXT


@pytest.mark.parametrize(
    ("page", "name"),
    [(review.decline, "reason"), (review.settle, "note"), (listing_actions.report, "note")],
)
def test_the_same_of_what_is_sent_without_a_model(page: Any, name: str) -> None:
    app = FastAPI()
    field = page.__annotations__[name]

    @app.post("/")
    def read(words: field = "") -> str:  # type: ignore[valid-type]
        return words

    client = TestClient(app)
    assert client.post("/", data={"words": SENT}).json() == TEXT
    assert client.post("/", data={"words": "x" * 2001}).status_code == 422


def test_what_is_too_long_is_too_long() -> None:
    with pytest.raises(ValidationError):
        visits.Sent(once=ONCE, disposition="x" * 2001)

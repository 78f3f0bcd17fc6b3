"""What identifies a person is taken out; what an answer needs stays."""

import pytest

from bot.privacy import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call me at 630-555-0123", "call me at [PHONE]"),
        ("(630) 555 0123 or 6305550199", "[PHONE] or [PHONE]"),
        ("+1 630.555.0123", "[PHONE]"),
        ("my cell 555-0123", "my cell [PHONE]"),
        ("write me: ana.b+x@example.org", "write me: [EMAIL]"),
        ("ssn 123-45-6789", "ssn [ID]"),
        ("my social security number is 123456789", "my social security number is [ID]"),
        ("case number 22-CF-1234", "case number [ID]"),
        ("medicaid 123456789", "medicaid [ID]"),
        ("caso numero 99887766", "caso numero [ID]"),
        ("dob 3/4/1950", "dob [DATE]"),
        ("born March 4 1950", "born [DATE]"),
        ("naci el 4 de marzo de 1950", "naci el [DATE]"),
        ("3/4/1950", "[DATE]"),
        ("im at 123 W. Main St apt 4, Naperville 60540", "im at [ADDRESS], Naperville 60540"),
        ("po box 12", "[ADDRESS]"),
        ("vivo en calle Roble 45", "vivo en [ADDRESS]"),
        ("My name is Maria Lopez and i need food", "My name is [NAME] and i need food"),
        ("me llamo juan perez y necesito comida", "me llamo [NAME] y necesito comida"),
        ("Soy Ana Torres", "Soy [NAME]"),
        ("my son's name is Leo", "my son's name is [NAME]"),
        ("see https://example.org/x?y=1", "see [LINK]"),
        ("Mrs. Alvarez told me", "[NAME] told me"),
    ],
)
def test_what_identifies_is_replaced(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "#2",
        "2 info",
        "12",
        "60540",
        "food 60563",
        "60540-1234",
        "Naperville",
        "rent is 1450, 2 months behind",
        "i am 78",
        "soy de Aurora",
        "soy madre soltera de 3",
        "2 kids in St Charles",
        "60540 need a dr",
        "20 min drive",
        "3 beds please",
        "uber wants 34 each way",
        "bus route 59",
        "text 88788",
        "call 211 or 988",
        "open at 9:30?",
        "due 12/01",
        "I'm So Tired Of This",
        "my name is not important",
    ],
)
def test_what_an_answer_needs_stays(text: str) -> None:
    assert redact(text) == text

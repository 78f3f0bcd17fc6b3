"""What a wording must keep to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkin_texts import gsm7_segments
from directory.wordings import rules
from directory.wordings.rules import Use, fill

ASKING = Use(asks=True, opens=True)
SOUND = "Hi{name}. How are things? Reply 1 okay, 2 could use help, 3 please call. STOP to end."


def codes(text: str, use: Use = ASKING, *, organizations: tuple[str, ...] = ()) -> list[str]:
    broken = rules.broken_rules(
        text, use, count_segments=gsm7_segments, organizations=organizations
    )
    return [each.code for each in broken]


def test_a_sound_wording_breaks_nothing() -> None:
    assert codes(SOUND) == []
    assert codes("Hola{name}.{sender} Que tenga buen dia. STOP para terminar.", Use()) == []


@pytest.mark.parametrize(
    "text",
    [
        "Hi {phone}",
        "Hi {name.__class__}",
        "Hi {name!r}",
        "Hi {name:>200}",
        "Hi {}",
        "Hi {0}",
        "Hi {name",
        "Hi name}",
        "Hi {Name}",
    ],
)
def test_only_a_name_and_a_sender_are_filled_in(text: str) -> None:
    assert codes(text, Use()) == ["wording_placeholder_unknown"]


@pytest.mark.parametrize("letter", ["\u2019", "á", "\N{SMILING FACE WITH OPEN MOUTH}", "…", "\t"])
def test_what_would_double_the_price_is_named(letter: str) -> None:
    assert codes(f"Hi{letter}{{name}}. STOP", Use()) == ["wording_not_gsm7"]


def test_two_segments_with_the_longest_name() -> None:
    assert codes("a" * 306, Use()) == []
    assert codes("a" * 307, Use()) == ["wording_too_long"]
    assert codes("a" * 285 + "{name}", Use()) == []
    assert codes("a" * 286 + "{name}", Use()) == ["wording_too_long"]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_text_says_nothing(text: str) -> None:
    assert codes(text, Use()) == ["wording_empty"]


@pytest.mark.parametrize(
    "text",
    [
        "After the police came by, how are you?",
        "The POLICE were here",
        "La policía estuvo aquí".replace("í", "i"),
        "Officer Diaz says hello",
        "Your counselor says hi",
        "Su consejera le saluda",
        "Is the shelter okay?",
        "El refugio tiene lugar",
        "A note about the incident",
        "In a crisis call 988",
        "Llame al 911",
        "Since our visit",
        "Desde la visita",
        "About your referral",
        "Handoff here",
        "From the City of Naperville",
        "You seem sad",
        "Se siente mejor",
        "domestic matters",
        "su tratamiento sigue",
    ],
)
def test_words_that_would_tell_on_somebody_are_refused(text: str) -> None:
    assert "wording_reveals" in codes(text, Use())


@pytest.mark.parametrize(
    "text",
    [
        "Just a hello, text here any time. STOP to end.",
        "Hi. It is courteous to say hello. Copper pots.",
        "Un saludo. Puede escribir aqui cuando quiera.",
    ],
)
def test_words_of_every_day_pass(text: str) -> None:
    assert codes(text, Use()) == []


def test_no_organization_of_the_directory_is_named() -> None:
    listed = ("Example House", "Casa Ejemplo")
    assert codes("Greetings from EXAMPLE house!", Use(), organizations=listed) == [
        "wording_reveals"
    ]
    assert codes("Our house is an example", Use(), organizations=listed) == []


@pytest.mark.parametrize("text", ["See https://x.example", "See www.x.example", "See abc.org"])
def test_links_are_refused(text: str) -> None:
    assert codes(text, Use()) == ["wording_link"]


@pytest.mark.parametrize(
    ("text", "use", "expected"),
    [
        ("Hi. Text here any time.", Use(asks=False, opens=True), ["wording_stop_missing"]),
        ("Hi. Text here any time.", Use(asks=False), []),
        ("Hi. How are things? STOP", Use(asks=True), ["wording_choices_missing"]),
        ("Hi. How are things?", Use(asks=False), ["wording_asks"]),
        ("Hola. ¿Como va todo", Use(asks=False), ["wording_asks"]),
        ("Hi. Reply 1 or 2 or 3.", Use(asks=False), ["wording_asks"]),
        ("Hi. stopping by", Use(opens=True), ["wording_stop_missing"]),
    ],
)
def test_what_hangs_on_the_step_that_says_it(text: str, use: Use, expected: list[str]) -> None:
    assert codes(text, use) == expected


@pytest.mark.parametrize(
    ("template", "name", "filled"),
    [
        ("Hi{name}, good day.", " Ana", "Hi Ana, good day."),
        ("Hi{name}, good day.", "", "Hi, good day."),
        ("Hi {name}, good day.", " Ana", "Hi Ana, good day."),
        ("Hi {name}, good day.", "", "Hi, good day."),
        ("{name} good day.", "", "good day."),
    ],
)
def test_a_name_that_is_missing_leaves_no_gap(template: str, name: str, filled: str) -> None:
    assert fill(template, name=name, sender="") == filled


@given(st.text(max_size=400), st.sampled_from([Use(), ASKING, Use(asks=False, opens=True)]))
def test_whatever_is_written_gets_an_answer(text: str, use: Use) -> None:
    for broken in rules.broken_rules(text, use, count_segments=gsm7_segments):
        assert broken.why


gsm7 = st.text(
    alphabet="abcdefghijklmnopqrstuvwxyzéñü ¿?.,!:;'\"()1234567890€[]^|~\n", max_size=330
)


@given(gsm7, st.booleans(), st.booleans(), st.text(alphabet="abcñé", max_size=20))
def test_what_passes_takes_two_segments_at_most_whoever_it_goes_to(
    text: str, named: bool, signed: bool, name: str
) -> None:
    template = text + ("{name}" if named else "") + ("{sender}" if signed else "")
    if codes(template, Use()):
        return
    sent = fill(template, name=f" {name}" if name else "", sender=f" Soy {name}." if name else "")
    segments = gsm7_segments(sent)
    assert segments is not None
    assert segments <= rules.MOST_SEGMENTS

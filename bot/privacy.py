"""Takes out of a text what tells who somebody is, before the text reaches Rasa or a log.

Placeholders are words in square brackets without digits, so that no rule takes one for a place, a
number or a choice. ZIP codes, towns, ages and the digits of a choice stay: answers need them.
Names are found only where people announce them; a name in passing cannot be told from a word.
"""

import re
from collections.abc import Callable

# Long enough for ten carrier messages; patterns below are linear in what they scan.
_LONGEST = 16_000

_STREET = (
    r"street|st|avenue|ave|road|rd|drive|dr|lane|ln|court|ct|circle|cir|boulevard|blvd|place|pl|way|"
    r"terrace|ter|parkway|pkwy|highway|hwy|square|sq|trail|trl|route|rte|calle|avenida"
)
_UNIT = (
    r"(?:,?\s*(?:apt|apartment|unit|suite|ste|depto|departamento|apto|#|lot|room|rm)\.?\s*#?\s*"
    r"[\w-]{1,6})"
)
_MONTH = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_NUMBER_WORDS = (
    r"case|file|docket|claim|member|medicaid|medicare|recipient|account|acct|policy|id|license|licence|"
    r"inmate|booking|badge|record|mrn|alien|ssn|social(?:\s+security)?|passport|rin|link\s+card|"
    r"caso|expediente|cuenta|miembro|poliza|póliza|licencia|seguro(?:\s+social)?|pasaporte"
)

_URL = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|org|net|gov|edu|io|info|us|co|me|ly|app)\b(?:/\S*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+%-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SSN = re.compile(r"(?<![\d-])\d{3}[-. ]\d{2}[-. ]\d{4}(?![\d-])")
_DATE = re.compile(
    rf"(?<![\d/-])(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19|20)?\d{{2}}|(?:19|20)\d{{2}}[/.-]\d{{1,2}}[/.-]\d{{1,2}})(?![\d/-])"
    rf"|\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{{2}}\b"
    rf"|\b\d{{1,2}}\s+(?:de\s+)?{_MONTH}\.?,?\s+(?:del?\s+)?(?:19|20)\d{{2}}\b",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(?P<lead>dob|d\.o\.b\.?|born(?:\s+(?:on|in))?|birth\s?da(?:y|te)(?:\s+is)?|date\s+of\s+birth(?:\s+is)?|"
    r"nac[ií](?:\s+(?:el|en))?|fecha\s+de\s+nacimiento(?:\s+es)?|cumplo\s+el)\s*[:#]?\s*"
    rf"(?:\d[\d/.-]{{3,9}}|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{2,4}})?|\d{{1,2}}\s+de\s+{_MONTH}(?:\s+del?\s+\d{{2,4}})?)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    rf"\b(?P<lead>(?:{_NUMBER_WORDS})\.?(?:\s*(?:number|no\.?|num\.?|#|n[uú]mero|card|es|is|de|:)){{0,3}}\s*[:#]?\s*)"
    r"(?P<value>[A-Z]{0,3}-?\d[\dA-Z-]{4,17})(?![\w-])",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.])\+?(?:1[\s.-]{0,2})?(?:\(\s?\d{3}\s?\)|\d{3})[\s.-]{0,3}\d{3}[\s.-]{0,3}\d{4}(?!\d)"
    r"|(?<![\w.])\+\d{1,3}(?:[\s.-]?\d{2,4}){2,4}(?!\d)"
)
_LOCAL_PHONE = re.compile(r"(?<![\w-])\d{3}[-.]\d{4}(?![\w-])")
_LONG_NUMBER = re.compile(r"(?<![\w])[A-Z]{0,2}\d{6,19}(?![\w])", re.IGNORECASE)
_GROUPED = re.compile(r"(?<![\w-])\d{2,5}(?:[ -]\d{2,5}){2,5}(?![\w-])")
# A street word alone is weak evidence: "2 kids in St Charles", "60540 need a dr", "20 min drive".
# So ZIP-like numbers and counted things are no house numbers, and a saint's town is no street.
_HOUSE = r"(?:\d{1,4}[a-z]?|\d{1,2}[nsew]\d{2,4})"
_NOT_A_STREET = (
    r"(?:a|an|the|in|on|at|to|for|my|me|i|is|are|and|or|of|need|from|each|any|more|kids?|children|beds?|hours?|hrs?|"
    r"min(?:ute)?s?|miles?|mi|blocks?|days?|weeks?|months?|years?|yrs?|yo|people|adults?|times?|dollars?|bucks|am|pm|"
    r"info|please|call|text|no|way|per|other|cars?|bus|de|en|la|el|para|por|un|una|mi|hijos|ninos|niños|anos|años)\b"
)
_STREET_WORD = rf"(?!{_NOT_A_STREET})[\w'.-]{{1,20}}\s+"
_ADDRESS = re.compile(
    rf"\b{_HOUSE}\s+(?:(?:n|s|e|w|north|south|east|west|no|so)\.?\s+)?(?:{_STREET_WORD}){{1,3}}?"
    rf"(?:{_STREET})\b\.?(?!\s+(?:charles|louis|john|joseph|mary|anne|jude|paul|vincent)){_UNIT}?"
    rf"|\b(?:calle|avenida)\s+(?:{_STREET_WORD}){{1,3}}?(?:#\s?|n[uú]mero\s+|no\.?\s*)?\d{{1,5}}\b{_UNIT}?"
    r"|\bp\.?\s?o\.?\s+box\s+\d{1,6}\b",
    re.IGNORECASE,
)
_UNIT_ALONE = re.compile(
    r"\b(?:apt|apartment|unit|apto|depto|departamento)\.?\s*#?\s*\d{1,4}[a-z]?\b", re.IGNORECASE
)
_NAME = r"[^\W\d_][\w'’-]{1,24}"
# Words that follow "my name is" or "soy" and are no name; they also end one.
_NO_NAME = (
    r"and|but|i|im|i'm|from|in|at|my|the|a|an|is|not|on|with|for|calling|texting|looking|need|y|pero|de|del|la|el|"
    r"un|una|en|con|necesito|vivo|tengo|mi|me|no|que|soy|estoy|quiero|busco|live|want|have|who|please|por|para|to|please"
)
_CALLED = re.compile(
    r"\b(?P<lead>my\s+(?:full\s+|real\s+|first\s+|last\s+)?name(?:\s+is|'s|s|:)|(?:his|her|their|client|patient|kid'?s|son'?s|daughter'?s|husband'?s|wife'?s|mom'?s|dad'?s)\s+(?:full\s+)?name\s+is|"
    r"name\s*:|name\s+is|named|me\s+llamo|mi\s+nombre\s+(?:completo\s+)?es|se\s+llama|su\s+nombre\s+es|nombre\s*:|this\s+is\s+(?:mr|mrs|ms|dr)\.?|they\s+call\s+me|llamad[oa])\s+"
    rf"(?:(?:is|mr|mrs|ms|dr|sr|sra|don|dona|doña)\.?\s+)?(?!(?:{_NO_NAME})\b){_NAME}(?:\s+(?!(?:{_NO_NAME})\b){_NAME}){{0,2}}",
    re.IGNORECASE,
)
# "soy" and "this is" begin many sentences: only with two capitalised words.
_SAYS_WHO = re.compile(
    r"\b(?P<lead>[Ss]oy|[Tt]his\s+is|[Ii]\s?['’]?a?m|[Hh]abla|[Aa]tte\.?|[Ss]incerely,?|[Ss]igned,?)\s+"
    r"(?!(?:So|Very|Not|Really|Just|In|A|An|At|Too|The|My|Still|Sad|Sick|Looking|Homeless|Hungry|Tired|Going|De|Un|Una|Madre)\b)[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’-]{1,20}\s+[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’-]{1,20}\b"
)
_TITLED = re.compile(
    r"\b(?:[Mm]rs?|[Mm]s|[Ss]ra?|[Dd]on|[Dd]oña)\.?\s+[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{1,20}\b"
)

_Replacement = str | Callable[[re.Match[str]], str]


def _after_lead(placeholder: str) -> Callable[[re.Match[str]], str]:
    """Keeps the words that announce a value ("dob", "case number") and takes out the value."""
    return lambda found: f"{found['lead'].rstrip()} {placeholder}"


# In this order: each takes out what the next could take for something else.
_RULES: tuple[tuple[re.Pattern[str], _Replacement], ...] = (
    (_EMAIL, "[EMAIL]"),
    (_URL, "[LINK]"),
    (_BORN, _after_lead("[DATE]")),
    (_SSN, "[ID]"),
    (_DATE, "[DATE]"),
    (_NUMBERED, _after_lead("[ID]")),
    (_PHONE, "[PHONE]"),
    (_LOCAL_PHONE, "[PHONE]"),
    (_ADDRESS, "[ADDRESS]"),
    (_UNIT_ALONE, "[ADDRESS]"),
    (_LONG_NUMBER, "[ID]"),
    (_GROUPED, "[ID]"),
    (_CALLED, _after_lead("[NAME]")),
    (_SAYS_WHO, _after_lead("[NAME]")),
    (_TITLED, "[NAME]"),
)


def redact(text: str) -> str:
    """The text without phone numbers, e-mail and web addresses, ids, dates, addresses and names.

    Never raises; applying it twice changes nothing more.
    """
    redacted = text[:_LONGEST]
    for pattern, replacement in _RULES:
        redacted = pattern.sub(replacement, redacted)
    return redacted

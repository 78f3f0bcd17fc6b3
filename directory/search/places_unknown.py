"""Whether a text names a place that we do not know: "food in xyzville", "renta en maple grove".

Such a place must not be dropped without a word. But much that follows "in" or "en" is no place
("in crisis", "in a wheelchair", "en español"), and saying "I don't know that place" to that would
be foolish. So only what ends the text or a part of it counts, of few words, none of them a word
of everyday; or what is built like the name of a town.
"""

from directory.gazetteer import state_names
from directory.search.common_words import COMMON_WORDS
from directory.search.needs import is_word_of_a_need
from directory.search.place_context import context_words
from directory.search.places import place_in
from directory.search.words import stem

# Longer texts tell of much else that is "in" something.
_LONGEST_TEXT = 10
_TOLD = frozenset(["in", "near", "nearby", "around", "en"])
_LONGEST_NAME = 3
_SHORTEST_WORD = 3
# "Walk in", "check in"; "tardan en contestar".
_BEFORE_NO_PLACE = frozenset("walk check drop come log sign stuck piensa pienso pensando".split())  # noqa: SIM905
_VERBS = ("ar", "er", "ir", "arme", "erme", "irme", "arlo", "erlo", "irlo")
# What may stand behind the name of a place.
_AFTER = frozenset(
    """and or but with for please pls plz thanks thank now today tonight i im we my can is area
    il illinois y o pero con para por favor porfa gracias hoy ahora ahorita urgente asap rn
    """.split()  # noqa: SIM905  # nobody would edit them as a list of quoted words
)
# "Springfeild Heights", "Maple Grove": the last word says that it is a town.
_GENERIC = frozenset(
    "heights hts hills grove springs township twp estates village city".split()  # noqa: SIM905
)
_GENERIC_ALWAYS = _GENERIC - {"village", "city"}
_ENDINGS = ("ville", "burg", "burgh", "town")
_NO_TOWNS = frozenset("downtown uptown midtown hometown crosstown ville burg".split())  # noqa: SIM905
# Behind "in" or "en" and no place; words of everyday and of needs need not stand here.
_NO_PLACES = frozenset(
    """a an the my his her our your their its it me him them us this that these those one any every
    each all both another other which what who where here there general total particular order
    between addition person private public english spanish polish hindi chinese mandarin arabic
    urdu gujarati russian tagalog korean vietnamese french portuguese castellano espanol ingles
    polaco language translation writing need needs crisis danger trouble emergency urgency debt
    arrears collections bankruptcy foreclosure default court custody jail prison juvenile
    detention probation parole school preschool kindergarten kinder daycare college university
    class grade hs church clinic hospital hospice icu nicu er ed surgery treatment therapy rehab
    detox recovery remission withdrawal counseling counselling dialysis labor labour childbirth
    pregnancy pain agony grief mourning shock fear tears anger hysterics despair peace love hope
    faith memory honor bed car cars truck van vehicle garage tent trailer motel hostel shelter
    shelters lobby hallway basement attic room unit building apartment apt apts yard kitchen
    wheelchair wheelchairs walker diapers pieces line queue bulk cash check half time times advance
    case charge control care foster placement transit transition process progress evening evenings
    morning mornings afternoon afternoons night nights weekend weekends weekday weekdays day days
    winter summer fall autumn spring january february march april may june july august september
    october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday
    wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun christmas
    thanksgiving easter snow rain cold heat dark poverty limbo circles laws law home homes house
    area region county state city town village neighborhood neighbourhood hood district network
    country usa us america mexico uniform army navy military service wait mind need hiding danger
    family families relationship marriage divorce separation person people kids seniors senior
    un una el la los las lo mi mis tu tus su sus nuestro nuestra este esta ese esa eso que cual
    cualquier algun alguna ningun todo toda silla ruedas muletas cama coma casa calle carcel corte
    escuela clase clases guarderia colegio universidad iglesia misa hospital clinica hospicio
    terapia tratamiento rehabilitacion recuperacion proceso tramite tramites crisis peligro riesgo
    emergencia urgencias deuda deudas necesidad pobreza efectivo linea internet persona privado
    publico general serio realidad vez paz lugar grupo familia pareja duelo luto dolor embarazo
    parto verano invierno otono primavera navidad vacaciones enero febrero marzo abril mayo junio
    julio agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado
    domingo polaco chino estados unidos espanol uniforme condado ciudad pueblo vecindario barrio
    dcfs hair blanco guerra construccion lectura matematicas portugues farsi cooler backwards
    zona area domicilio sala trailer traila camioneta vehiculo edificio unidad""".split()  # noqa: SIM905
)


def names_unknown_place(text: str) -> bool:
    """Whether the text names a place and it is none that we know."""
    words = context_words(text)
    if len(words) > _LONGEST_TEXT or place_in(text) is not None:
        return False
    told = any(_is_told(words, position) for position in range(len(words)))
    return told or _is_built_like_a_town(words)


def _is_told(words: list[str], position: int) -> bool:
    """Whether the word here says that a place follows, and one that we do not know does."""
    if words[position] not in _TOLD or words[max(0, position - 1)] in _BEFORE_NO_PLACE:
        return False
    name = _name_after(words, position + 1)
    if words[position] == "en" and name and name[0].endswith(_VERBS):
        return False
    return _is_name(name) and not _is_known(" ".join(name))


def _is_known(name: str) -> bool:
    """ "Ya no vivo en Naperville": a place that we know, though it is not where they are."""
    return place_in("in " + name) is not None


def _name_after(words: list[str], first: int) -> list[str]:
    """The words up to what ends a name; none where it goes on for longer than names do."""
    last = first
    while last < len(words) and words[last] not in _AFTER:
        last += 1
    return words[first:last] if last - first <= _LONGEST_NAME else []


def _is_name(words: list[str]) -> bool:
    if len(words) > 1 and words[-1] in _GENERIC:
        words = words[:-1]
    return bool(words) and all(map(_is_strange, words))


def _is_strange(word: str) -> bool:
    """Whether it is no word of everyday. What has a digit is a date, a room or a grade."""
    if len(word) < _SHORTEST_WORD or not word.isalpha():
        return False
    known = word in COMMON_WORDS or word in _NO_PLACES or word in state_names()
    return not known and not is_word_of_a_need(stem(word))


def _is_built_like_a_town(words: list[str]) -> bool:
    """ "food xyztown", "rent springfeild heights": also where no "in" says that a place follows."""
    for position, word in enumerate(words):
        if not _is_strange(word) or word in _NO_TOWNS:
            continue
        if _GENERIC_ALWAYS.intersection(words[position + 1 :][:1]):
            return True
        if word.endswith(_ENDINGS) and not _is_known(word):
            return True
    return False

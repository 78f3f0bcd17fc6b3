"""What a listing of a food bank offers, read from its own words by stated rules.

needs.yml gives grades to these words. A pantry is `groceries` unless its text says that it is
something else; `for_some` takes the place of `groceries` and `meals` where the text says that only
a closed group may come.
"""

import re
from functools import lru_cache

from benchmarks.corpus import Record
from directory.places import folded

_MEALS = re.compile(
    r"\bmeals?\b(?! site:)|soup kitchen|ready-to-eat|community kitchen|dining room|bagged lunch"
    r"|hot lunch|lunch program|feeding program|breakfast|\bdiner\b|kate.s kitchen"
)
_MEAL_ONLY = re.compile(
    r"^(meal|meal site|soup kitchen|ready-to-eat meals)\b(?!.*(pantry|produce))"
)
_GROUPS = re.compile(
    r"only (residents|students|families|seniors)|for residents only|eligibility: (unhoused|wellness"
    r"|referral)|students only|seniors only|serves troy housing authority|homebound seniors"
    r"|housing complex residents|veterans only|must be (60|55|a student|a veteran)"
)
_CHILDREN = re.compile(r"child meal site|meals for children|kids.? summer|summer kid bag|kid bag")
_NOT_FOOD = re.compile(r"^(job|health|legal|housing) resource")
_PATTERNS = {
    "produce": re.compile(r"\bproduce\b|farmers market|farm stand|fresh fruit|vegetables"),
    "mobile": re.compile(r"\bmobile\b(?!,? al\b)"),
    "delivered": re.compile(r"\bdeliver(y|ed|ies|s)?\b"),
    "seniors": re.compile(r"\bseniors?\b|\belder|brown bag|\b60\+|older adults"),
    "students": re.compile(r"students?\b|\bcollege|\buniversity|\buniversities"),
    "veterans": re.compile(r"\bveteran|\bvets\b|soldier on|american legion"),
    "kosher": re.compile(r"\bkosher\b|\bshalom\b"),
    "shelter": re.compile(r"^shelter$"),
    "unhoused_meals": re.compile(r"ready-to-eat meals.*eligibility: unhoused"),
    "utilities": re.compile(r"utilities assist"),
    "rides_to_work": re.compile(r"helps you get to work"),
    "rent": re.compile(r"rental (a|assistance)|rent assistance|help with rent"),
    "depression_group": re.compile(r"depression support group"),
    "recovery": re.compile(r"addiction center|recovery (cafe|center|project)"),
    "outreach_to_the_unhoused": re.compile(r"homeless outreach"),
}


@lru_cache(maxsize=200_000)
def offers(record: Record) -> frozenset[str]:
    """The words of needs.yml that fit this listing."""
    name, description = folded(record.name), folded(record.description)
    text = f"{name}. {description} {folded(record.eligibility)}".replace("’", "'")
    found = {word for word, pattern in _PATTERNS.items() if word != "shelter"} & {
        word for word, pattern in _PATTERNS.items() if pattern.search(text)
    }
    if _PATTERNS["shelter"].search(description):
        found.add("shelter")
    if _NOT_FOOD.search(name):
        return frozenset(found - {"delivered", "students", "seniors", "produce", "mobile"})
    if {"delivered", "seniors"} <= found:
        found.add("delivered_to_seniors")
    if _CHILDREN.search(text):
        return frozenset((found - {"mobile", "students", "delivered"}) | {"children"})
    open_to = "for_some" if _GROUPS.search(text) else None
    if _MEALS.search(text):
        found.add(open_to or "meals")
    if not _MEAL_ONLY.search(description) and "shelter" not in found:
        found.add(open_to or "groceries")
    if open_to:
        found -= {"produce", "mobile"}
    return frozenset(found)

"""The lines on which lives depend, as their own official pages give them.

A wrong digit here sends a person in danger to a stranger. So a number anywhere in the
directory that looks like one of these mistyped (one digit wrong, or two neighbours swapped) is
refused when a file is loaded, and withheld when it is read. Sources: each line's official page
(988lifeline.org, thehotline.org, eldercare.acl.gov, veteranscrisisline.net,
humantraffickinghotline.org, the Illinois departments of Human Services, on Aging, of Children
and Family Services, of Healthcare and Family Services, and DuPage County Health Department).
"""

from functools import cache

KNOWN_LINES: dict[str, str] = {
    "8007997233": "National Domestic Violence Hotline 800-799-7233",
    "8006771116": "Eldercare Locator 800-677-1116",
    "8883737888": "National Human Trafficking Hotline 888-373-7888",
    "8778636338": "Illinois Domestic Violence Helpline 877-863-6338",
    "8778636339": "Illinois Domestic Violence Helpline, TTY, 877-863-6339",
    "8668001409": "Illinois Adult Protective Services 866-800-1409",
    "8002522873": "Illinois DCFS hotline 800-252-2873",
    "8003459049": "Illinois CARES line 800-345-9049",
    "6306271700": "DuPage County crisis line 630-627-1700",
}


def mistyped_line(digits: str) -> str | None:
    """The name of the known line that `digits` is a slip of, or None.

    `digits` is a number without punctuation and country code.
    """
    return _slips().get(digits)


@cache
def _slips() -> dict[str, str]:
    slips: dict[str, str] = {}
    for number, name in KNOWN_LINES.items():
        for position, digit in enumerate(number):
            for other in "0123456789":
                if other != digit:
                    slips[number[:position] + other + number[position + 1 :]] = name
        for position in range(len(number) - 1):
            one, two = number[position], number[position + 1]
            slips[number[:position] + two + one + number[position + 2 :]] = name
    for number in KNOWN_LINES:
        slips.pop(number, None)
    return slips

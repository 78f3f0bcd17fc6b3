"""What an import tells of where a confidential service is, taken out of it. Pure.

Its places are left out anyway (`listing_rows`); here it is what sentences, labels and the source's
own log of changes say. The file, the partners' doors and merges refuse such words; a source does
not write for us, and its listing without them is worth more than none.
"""

from typing import Any, TypeVar

from pydantic import BaseModel

from directory.hsds.objects import Service
from directory.listings.partner_rules import gives_place_away

Model = TypeVar("Model", bound=BaseModel)

# Who offers it has an office that is no secret; an area that is served says where nobody stands.
_LEFT = frozenset({"organization", "program", "service_areas", "location", "id", "number"})
_INSTEAD = {"name": "Confidential service"}


def without_place(service: Service) -> tuple[Service, list[str]]:
    """The service, and a remark for each field that was left out."""
    remarks: list[str] = []
    bare = service.model_copy(update={"metadata": []})
    said = _cleaned(bare, "", remarks)
    return said, [
        f"{field} seems to say where a confidential service is: it is left out" for field in remarks
    ]


def _cleaned(said: Model, path: str, remarks: list[str]) -> Model:
    """The object without the words that tell a place; `remarks` takes their fields."""
    changed: dict[str, Any] = {}
    for name, described in type(said).model_fields.items():
        value, where = getattr(said, name), f"{path}{name}"
        if name in _LEFT:
            continue
        if isinstance(value, str) and gives_place_away(value):
            remarks.append(where)
            changed[name] = _INSTEAD.get(name, "") if described.is_required() else None
        elif isinstance(value, BaseModel):
            changed[name] = _cleaned(value, f"{where}.", remarks)
        elif isinstance(value, list):
            changed[name] = [
                _cleaned(each, f"{where}[{position}].", remarks)
                if isinstance(each, BaseModel)
                else each
                for position, each in enumerate(value)
            ]
    return said.model_copy(update=changed)

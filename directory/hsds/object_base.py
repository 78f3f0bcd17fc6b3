"""What every HSDS object can have: attributes, which tie it to terms, and metadata."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from directory.hsds.fields import MOST_ROWS, Id, Name, Short, Text, Uri, many


class HsdsObject(BaseModel):
    """What all of them have."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: Id | None = None
    attributes: list["Attribute"] = many()
    # What became of a listing elsewhere is no part of what it says: see `fingerprint`.
    metadata: list["Metadata"] = Field(default_factory=list, max_length=MOST_ROWS, exclude=True)


class Metadata(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: Id | None = None
    resource_id: Id | None = None
    resource_type: Annotated[str, Field(max_length=40)] = ""
    last_action_date: Annotated[str, Field(max_length=40)] = ""
    last_action_type: Annotated[str, Field(max_length=20)] = ""
    field_name: Annotated[str, Field(max_length=60)] = ""
    previous_value: Text = ""
    replacement_value: Text = ""
    updated_by: Annotated[str, Field(max_length=120)] = ""


class Taxonomy(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: Id
    name: Name
    description: Text | None = None
    uri: Uri | None = None
    version: Short | None = None


class TaxonomyTerm(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: Id
    code: Annotated[str, Field(max_length=80)] | None = None
    name: Name
    description: Text | None = None
    parent_id: Id | None = None
    taxonomy: Short | None = None
    taxonomy_detail: Taxonomy | None = None
    language: Annotated[str, Field(max_length=10)] | None = None
    taxonomy_id: Id | None = None
    term_uri: Uri | None = None


class Attribute(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: Id | None = None
    taxonomy_term_id: Id | None = None
    link_type: Annotated[str, Field(max_length=40)] | None = None
    value: Text | None = None
    label: Short | None = None
    taxonomy_term: TaxonomyTerm | None = None

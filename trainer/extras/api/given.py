"""What other systems send about people: its shape, and what is wrong with it in the API's own words."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, TypeVar

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from trainer.core.errors import Invalid
from trainer.extras.api.records import Described
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER, LONGEST_TITLE

MOST_PEOPLE: Final = 500
"""People in one request."""
_WORDS: Final = (
    ("missing", _l("this is missing")),
    ("extra_forbidden", _l("there is no such field")),
    ("too_long", _l("this is too long")),
    ("string_too_short", _l("this is missing")),
    ("too_short", _l("send at least one person")),
    ("string_pattern", _l("a team’s name can’t contain a line break, “;” or “|”")),
    ("string", _l("use a string")),
    ("bool", _l("use true or false")),
    ("datetime", _l("write it like 2026-11-23T15:00:00Z")),
    ("timezone", _l("write it like 2026-11-23T15:00:00Z")),
    ("date", _l("write it like 2026-03-04")),
    ("list", _l("use a list")),
    ("model", _l("use an object")),
)
"""What is wrong, by a part of the kind of fault that pydantic names: the first that fits."""
_NONSENSE: Final = _l("this can’t be read")

TeamName = Annotated[str, Field(max_length=LONGEST_TITLE, pattern=r"^[^;|\r\n]*$")]
Number = Annotated[str, Field(min_length=1, max_length=LONGEST_NUMBER, pattern=r"^[^\x00]*$")]


class Given(Described):
    """What is sent: these fields and no others, each of its own type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PersonData(Given):
    """What another system says of a person. A field that is null or left out says nothing: what we know stays."""

    changed_at: AwareDatetime = Field(
        description="When this changed in your system, or was read there. "
        "A write that isn’t later than the last one applied to this number changes nothing."
    )
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    email: str | None = Field(None, max_length=254)
    job_title: str | None = Field(None, max_length=LONGEST_TITLE)
    teams: list[TeamName] | None = Field(
        None,
        max_length=20,
        description="All of the person’s teams; unknown ones are created. An empty list changes nothing.",
    )
    hired_on: dt.date | None = None
    ended_on: dt.date | None = Field(
        None, description="The last day of someone who has left. A day still ahead changes nothing until it is over."
    )
    is_same_person: bool = Field(
        False, description="True if the person with this number is the same, even under another name."
    )
    invite: bool = Field(False, description="Email an invitation to someone who is new here or has a new address.")


class NumberedPerson(PersonData):
    """The same with the employee number, which in a request about one person is in the address."""

    employee_number: Number


class People(Given):
    """What another system says of many people: all of it is written, or nothing."""

    people: list[NumberedPerson] = Field(min_length=1, max_length=MOST_PEOPLE)


GIVEN: Final[tuple[type[Given], ...]] = (PersonData, NumberedPerson, People)
"""All there are, under the names that the description of the API gives them."""

Sent = TypeVar("Sent", bound=Given)


def read(body: bytes, kind: type[Sent]) -> Sent:
    """Parse a request body. Raises Invalid with the field and what to do."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error) from None


def number_person(employee_number: str, given: PersonData) -> NumberedPerson:
    """Return the values given for the person with a number. Raises Invalid for an impossible number."""
    try:
        return NumberedPerson(employee_number=employee_number, **given.model_dump())
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> Invalid:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if fault["type"] == "json_invalid":
        return Invalid(_l("The body isn’t JSON. Send one object, in UTF-8."))
    place = ".".join(str(part) for part in fault["loc"])
    words: LazyString = next((words for part, words in _WORDS if part in fault["type"]), _NONSENSE)
    if not place:
        return Invalid(_l("The body: %(fault)s.", fault=words))
    return Invalid(_l("%(field)s: %(fault)s. /api/v1/openapi.json describes it.", field=place[:80], fault=words))

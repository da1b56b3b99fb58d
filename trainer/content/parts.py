"""What all content objects are made of: frozen pydantic models, and the shapes of texts, ids and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
IndicatorId = Annotated[str, StringConstraints(pattern=r"^[A-H][1-9]$")]
# A sign, with a detail or without: "C1.refused".
SignRef = Annotated[str, StringConstraints(pattern=r"^[A-H][1-9](\.[a-z0-9]+(-[a-z0-9]+)*)?$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^[SN][0-9]+[a-z]?$")]
HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
# The last seven may be letters: 1-855-FLA-SAFE, 1-800-FLOWERS.
Phone = Annotated[str, StringConstraints(pattern=r"^([0-9]{3}|(1-)?[0-9]{3}-([0-9A-Z]{3}-[0-9A-Z]{4}|[A-Z]{7}))$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
# Words with single spaces; "one|other" is either.
Banned = Annotated[str, StringConstraints(pattern=r"^[^\s|]+(\|[^\s|]+)*( [^\s|]+(\|[^\s|]+)*)*$")]

# A lesson is known by "<module>/<lesson>", both without their leading number.
LessonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]


def sign_of(ref: str) -> str:
    """Return the id of the sign that a reference such as "C1.refused" names."""
    return ref.partition(".")[0]


_GIVEN: dict[frozenset[str], set[str]] = {}


class Part(BaseModel):
    """Base of all content objects: frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_post_init(self, context: Any, /) -> None:
        """Share the set of keys that were given: there are many objects, few such sets, and nobody changes them."""
        self._share_given()

    def _share_given(self) -> None:
        given = frozenset(self.__pydantic_fields_set__)
        object.__setattr__(self, "__pydantic_fields_set__", _GIVEN.setdefault(given, set(given)))

    def but(self, changes: Mapping[str, Any]) -> Self:
        """Return it with other values, which aren't checked again."""
        other = self.model_copy(update=changes)
        other._share_given()
        return other

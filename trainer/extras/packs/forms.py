"""Forms of evidence packs: ordering one, to what it is limited, and checking one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms import Form as ReadForm
from wtforms.validators import InputRequired, ValidationError

from trainer.extras.packs.rules import plain_digest
from trainer.web.forms import Form, Ticks, length, trimmed


class LimitedForm(Form):
    """To which teams and which requirement something is limited."""

    teams = Ticks(_l("Teams"))
    requirement = SelectField(_l("Requirement"), default="")

    def __init__(
        self, *, teams: Sequence[tuple[str, str]], requirements: Sequence[tuple[str, str]], **values: Any
    ) -> None:
        super().__init__(**values)
        self.teams.choices = list(teams)
        self.requirement.choices = [("", gettext("All requirements")), *requirements]

    @property
    def team_ids(self) -> list[UUID]:
        """The teams chosen."""
        return [UUID(team_id) for team_id in self.teams.data or ()]

    @property
    def requirement_id(self) -> UUID | None:
        """The requirement chosen."""
        return UUID(self.requirement.data) if self.requirement.data else None


class PackForm(LimitedForm):
    """The day that a pack shows, and to what it is limited."""

    as_of = DateField(
        _l("Day"),
        [InputRequired(_l("Choose a day."))],
        description=_l("Today, or the day an inspector asks about. Everything is as of the end of that day."),
    )


class PackCheckForm(ReadForm):
    """The hash of a manifest, read with GET, so it has no token."""

    sha256 = StringField(
        _l("SHA-256 of manifest.json"),
        [InputRequired(_l("Choose manifest.json, or paste its SHA-256.")), length(1, 200)],
        description=_l(
            "64 characters: digits and letters from a to f. Spaces, colons and capital letters don’t matter."
        ),
        filters=[trimmed],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
    )

    def validate_sha256(self, field: StringField) -> None:
        """Refuse what can’t be a hash."""
        if self.digest is None:
            raise ValidationError(
                _l("This isn’t a SHA-256, which has 64 characters: digits and letters from a to f. Copy all of it.")
            )

    @property
    def digest(self) -> str | None:
        """The hash as it is recorded, or None if it can’t be one."""
        return plain_digest(str(self.sha256.data))

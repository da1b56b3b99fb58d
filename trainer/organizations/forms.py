"""Forms about a firm, its teams and people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from trainer.accounts.rules import email_key
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER, LONGEST_TITLE
from trainer.organizations.rules import Role
from trainer.web.forms import Form, PlainText, RegionForm, Ticks, length, trimmed

EARLIEST = dt.date(1940, 1, 1)
TEAMS = "teams-"
"""What the names of the fields of codes for all teams begin with: their form stands beside that of one code."""

_US_ZONES = (
    ("America/New_York", _l("Eastern (New York)")),
    ("America/Chicago", _l("Central (Chicago)")),
    ("America/Denver", _l("Mountain (Denver)")),
    ("America/Phoenix", _l("Arizona (Phoenix)")),
    ("America/Los_Angeles", _l("Pacific (Los Angeles)")),
    ("America/Anchorage", _l("Alaska (Anchorage)")),
    ("Pacific/Honolulu", _l("Hawaii (Honolulu)")),
    ("America/Puerto_Rico", _l("Atlantic (Puerto Rico)")),
)
ROLE_NAMES = {
    Role.OWNER: _l("Owner"),
    Role.MANAGER: _l("Manager"),
    Role.INSTRUCTOR: _l("Instructor"),
    Role.MEMBER: _l("Member"),
}
ROLE_HINTS = {
    Role.OWNER: _l("Everything: people, requirements, roles, the audit log."),
    Role.MANAGER: _l("Sees and changes people, invites, sees training status."),
    Role.INSTRUCTOR: _l("Teaches groups and sees their results."),
    Role.MEMBER: _l("Learns. Sees nobody else."),
}


class OrganizationForm(RegionForm):
    """A firm's name, its time zone and its region."""

    name = StringField(
        _l("Name of the firm"),
        [InputRequired(_l("Enter the firm’s name.")), length(1, LONGEST_NAME), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "organization"},
    )
    time_zone = SelectField(_l("Time zone"), description=_l("Due dates begin and end in this time zone."))

    def __init__(self, *args: Any, zones: list[str], **values: Any) -> None:
        super().__init__(*args, inherited=_l("Those of this site"), **values)
        known = {zone for zone, _label in _US_ZONES}
        rest = [(zone, zone.replace("_", " ")) for zone in zones if zone not in known]
        self.time_zone.choices = [*_US_ZONES, *rest]


class SettingsForm(OrganizationForm):
    """A firm's settings."""

    follows_up = BooleanField(
        _l("Send unanswered invitations again after 3, 10 and 20 days"),
        description=_l(
            "Between 8 a.m. and 8 p.m. These emails stop when someone joins or you withdraw the invitation."
        ),
    )


class NewOrganizationForm(OrganizationForm):
    """A new firm, and the name under which its maker is on the roster."""

    own_name = StringField(
        _l("Your name, as it appears on the roster"),
        [InputRequired(_l("Enter your name.")), length(1, LONGEST_NAME), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "name"},
    )


class TeamForm(RegionForm):
    """A team's name and its region."""

    name = StringField(
        _l("Name of the team"),
        [InputRequired(_l("Enter a name, such as a site or a crew.")), length(1, LONGEST_TITLE), PlainText()],
        description=_l("A site or a crew."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, inherited=_l("Those of the firm"), **values)


class PersonForm(Form):
    """What a firm writes about a person."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter the person’s name.")), length(1, LONGEST_NAME), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        _l("Email (optional)"),
        [length(0, 254)],
        filters=[trimmed],
        description=_l("The invitation goes here. Leave it empty for someone who has none."),
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )
    job_title = StringField(
        _l("Job title (optional)"),
        [length(0, LONGEST_TITLE), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    employee_number = StringField(
        _l("Employee number"),
        [length(0, LONGEST_NUMBER), PlainText()],
        filters=[trimmed],
        description=_l("Optional with an email address. Without one, the person signs in with this number and a PIN."),
        render_kw={"autocomplete": "off"},
    )
    hired_on = DateField(
        _l("Hired on (optional)"), [Optional()], description=_l("Days allowed for new people are counted from here.")
    )
    teams = Ticks(_l("Teams"))

    def validate_email(self, field: Any) -> None:
        """Refuse what isn't an address we can take."""
        if field.data and email_key(field.data) is None:
            raise ValidationError(
                _l("We can’t use this email address. Use plain letters, one @, and a full domain like example.org.")
            )

    def validate_hired_on(self, field: Any) -> None:
        """Refuse days that nobody now working was hired on."""
        if field.data and field.data < EARLIEST:
            raise ValidationError(_l("This day is too long ago. Check the year."))


class RoleForm(Form):
    """A person's role, and which teams a manager manages."""

    role = RadioField(_l("Role"))
    manages_all = BooleanField(_l("As a manager: all teams, including those created later"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.role.choices = [(str(role), name) for role, name in ROLE_NAMES.items()]


class MoveForm(Form):
    """The teams that several people are in from now on."""

    teams = Ticks(_l("Teams"), [InputRequired(_l("Choose at least one team."))])


class RemovalForm(Form):
    """The last day of someone who leaves."""

    ended_on = DateField(_l("Last day"), [InputRequired(_l("Enter the person’s last day."))])


class ClosureForm(Form):
    """The firm's name, typed by whoever closes it."""

    name = StringField(
        _l("Name of the firm"),
        [InputRequired(_l("Enter the firm’s name.")), length(1, LONGEST_NAME)],
        description=_l("Type it to confirm, so that no firm is closed by mistake."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )


class TeamCodesForm(Form):
    """The last day of the codes that all teams without one get at once."""

    last_day = DateField(
        _l("Last day of these codes"), [InputRequired(_l("Enter the last day."))], description=_l("A year at most.")
    )


def team_codes_form(today: dt.date) -> TeamCodesForm:
    """Return the form, not sent yet: posters stay on the wall, so their codes do, too."""
    return TeamCodesForm(formdata=None, prefix=TEAMS, last_day=today + dt.timedelta(days=365))


class AskCodeForm(Form):
    """A firm's join code, or the code of a class."""

    class Meta:
        csrf = False  # it is only looked up

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code.")), length(1, 40)],
        description=_l(
            "Eight letters and digits, such as 7K3M-Q2WD. Capital letters, spaces and hyphens don’t matter."
        ),
        filters=[trimmed],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "maxlength": "40"},
    )


class JoinCodeForm(Form):
    """The role that a code gives, until when it works, and how often it can be used."""

    role = SelectField(_l("Role"))
    team = SelectField(_l("Team"))
    last_day = DateField(
        _l("Valid until"), [InputRequired(_l("Enter the last day."))], description=_l("A year at most.")
    )
    most_uses = IntegerField(
        _l("How many people at most (optional)"),
        [Optional()],
        description=_l("Leave it empty for no limit."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

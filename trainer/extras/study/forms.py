"""The forms of a trial: what is said of it where it runs, and agreeing to take part."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from trainer.extras.study.models import LONGEST_CONTACT, LONGEST_NUMBER
from trainer.extras.study.operations import TrialFacts
from trainer.web.forms import Form, PlainText, in_lines, length, trimmed


class TrialForm(Form):
    """What is said of a trial where it runs."""

    course = SelectField(_l("Course"))
    enroll_until = DateField(
        _l("Last day to join"),
        [InputRequired(_l("Enter a date."))],
        description=_l("Four to eight weeks are usual."),
    )
    contact = TextAreaField(
        _l("Whom participants can ask"),
        [
            InputRequired(_l("Enter a name and how to reach that person.")),
            length(1, LONGEST_CONTACT),
            PlainText(lines=True),
        ],
        description=_l("A name, and a phone number or address. Choose someone who isn’t their boss."),
        filters=[in_lines],
        render_kw={"rows": 2},
    )
    ethics_decision = StringField(
        _l("Decision of an ethics board"),
        [length(0, LONGEST_CONTACT), PlainText()],
        description=_l("Which board decided what, and when. Leave this empty until it has."),
        filters=[trimmed],
    )
    registry_number = StringField(
        _l("Number in a registry"),
        [length(0, LONGEST_NUMBER), PlainText()],
        description=_l("Such as from ClinicalTrials.gov or OSF. Leave this empty until there is one."),
        filters=[trimmed],
    )

    @property
    def facts(self) -> TrialFacts:
        """What was filled in."""
        assert self.enroll_until.data is not None
        return TrialFacts(
            str(self.course.data),
            # The protocol has a line for it.
            " ".join((self.contact.data or "").split()),
            self.enroll_until.data,
            self.registry_number.data or None,
            self.ethics_decision.data or None,
        )


class ConsentForm(Form):
    """Agreeing to take part."""

    agrees = BooleanField(
        _l("I’ve read this, I’m at least 18, and I want to take part"),
        [InputRequired(_l("Check the box if you want to take part. If you don’t, just leave this page."))],
    )

"""What `pins` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import MINUTE, Feature, FirmPage, NavigationGroup, Task
from trainer.pins import emails, privacy, slips
from trainer.pins.acts import ACTS
from trainer.pins.attention import list_attention
from trainer.pins.devices import this_site, was_site
from trainer.pins.periods import PERIODS
from trainer.pins.proving import is_own_pin, is_pin_at_address
from trainer.pins.tasks import tell_of_pauses
from trainer.pins.views.devices import blueprint as devices
from trainer.pins.views.sign_in import blueprint as pins
from trainer.pins.views.site import blueprint as site
from trainer.pins.views.site import stay
from trainer.pins.views.slips import blueprint as slip_pages

FEATURE = Feature(
    name="pins",
    blueprints=(pins, site, slip_pages, devices),
    checks_tokens_itself=(stay,),
    links={
        "change_pin": "pins.change",
        "pin_sign_in": "pins.sign_in",
        "print_slip": "slips.print_one",
        "print_slips": "slips.print_all",
        "slips": "slips.slips",
        "used_slips": "pins.used",
    },
    answers={
        "is_own_pin": is_own_pin,
        "is_pin_at_address": is_pin_at_address,
        "is_site_device": lambda: this_site() is not None,
        "may_have_slip": slips.may_have_slip,
        "move_slips": slips.move_slips,
        "put_back_slips": slips.put_back_slips,
        "void_slips": slips.void_slips,
        "was_site_device": was_site,
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(Task("tell of wrong PINs", MINUTE, tell_of_pauses),),
    forget_firm=privacy.forget_firm,
    firm_pages=(FirmPage("slips.slips", _l("PIN slips"), "bring people in", NavigationGroup.PEOPLE, 4),),
    firm_blueprints={"devices": "slips.slips"},
    list_attention=list_attention,
    opens_records=("site_devices",),
    acts=ACTS,
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    periods=PERIODS,
)

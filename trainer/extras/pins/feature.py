"""What `pins` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import MINUTE, Feature, FirmPage, NavigationGroup, Task
from trainer.extras.pins import emails, privacy, slips
from trainer.extras.pins.acts import ACTS
from trainer.extras.pins.answers import (
    former_site_sign_in,
    is_own_pin,
    is_pin_at_address,
    list_own_untold,
    site_sign_in,
)
from trainer.extras.pins.attention import list_attention
from trainer.extras.pins.demo import join_in_demo
from trainer.extras.pins.periods import PERIODS
from trainer.extras.pins.tasks import tell_of_pauses
from trainer.extras.pins.views.devices import blueprint as devices
from trainer.extras.pins.views.sign_in import blueprint as pins
from trainer.extras.pins.views.site import blueprint as site
from trainer.extras.pins.views.site import stay
from trainer.extras.pins.views.slips import blueprint as slip_pages

FEATURE = Feature(
    name="pins",
    blueprints=(pins, site, slip_pages, devices),
    checks_tokens_itself=(stay,),
    links={"slips": "slips.slips", "used_slips": "pins.used"},
    parts={
        "after_import": "pins/_after_import.html",
        "beside_refused": "pins/_slip_instead.html",
        "bringing_in": "pins/_print_slip.html",
        "bringing_in_people": "pins/_print_chosen.html",
        "own_notices": "pins/_untold.html",
        "own_pin": "pins/_own_pin.html",
        "ways_in": "pins/_slips.html",
        "ways_to_sign_in": "pins/_way_to_sign_in.html",
        "without_address": "pins/_slip_for.html",
        "without_email": "pins/_without_email.html",
    },
    answers={
        "count_slipless": slips.count_slipless,
        "former_site_sign_in": former_site_sign_in,
        "is_own_pin": is_own_pin,
        "is_pin_at_address": is_pin_at_address,
        "join_in_demo": join_in_demo,
        "list_own_untold": list_own_untold,
        "may_have_slip": slips.may_have_slip,
        "print_slip": slips.print_slip,
        "site_sign_in": site_sign_in,
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(Task("tell of wrong PINs", MINUTE, tell_of_pauses),),
    forget_firm=privacy.forget_firm,
    firm_pages=(
        FirmPage("slips.slips", _l("PIN slips"), "bring people in", NavigationGroup.JOINING, 3),
        FirmPage("devices.devices", _l("Site devices"), "bring people in", NavigationGroup.JOINING, 4),
    ),
    list_attention=list_attention,
    opens_records=("site_devices",),
    acts=ACTS,
    act_subjects={"pin": _l("PINs"), "pin_slip": _l("PIN slips"), "site_device": _l("Site devices")},
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    periods=PERIODS,
)

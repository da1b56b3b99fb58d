"""What `organizations` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import HOUR, Feature, FirmPage, NavigationGroup, Task
from trainer.organizations import emails, privacy
from trainer.organizations.acts import ACTS
from trainer.organizations.attention import list_attention
from trainer.organizations.closing import forget_firm
from trainer.organizations.follow_ups import follow_up
from trainer.organizations.tasks import delete_closed_firms
from trainer.organizations.views.audit import blueprint as audit
from trainer.organizations.views.closing import blueprint as closing
from trainer.organizations.views.codes import blueprint as codes
from trainer.organizations.views.firms import blueprint as organizations
from trainer.organizations.views.invitations import blueprint as invitations
from trainer.organizations.views.people import blueprint as people
from trainer.organizations.views.teams import blueprint as teams

FEATURE = Feature(
    name="organizations",
    blueprints=(organizations, closing, people, teams, invitations, codes, audit),
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    tasks=(Task("delete closed firms", HOUR, delete_closed_firms),),
    upkeep=(follow_up,),
    forget_firm=forget_firm,
    firm_pages=(
        FirmPage("people.people", _l("People"), "see people", NavigationGroup.PEOPLE, 1),
        FirmPage("invitations.invitations", _l("Invitations"), "bring people in", NavigationGroup.JOINING, 1),
        FirmPage("codes.codes", _l("Join codes"), "bring people in", NavigationGroup.JOINING, 2),
        FirmPage("teams.teams", _l("Teams"), "set teams", NavigationGroup.PEOPLE, 2),
        FirmPage("audit.log", _l("Audit log"), "read the audit log", NavigationGroup.FIRM, 2),
        FirmPage("organizations.settings", _l("Settings"), "set the firm", NavigationGroup.FIRM, 1),
    ),
    firm_blueprints={
        "closing": "organizations.settings",
    },
    list_attention=list_attention,
    acts=ACTS,
    changes_duties=("membership.", "organization.changed", "team."),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
)

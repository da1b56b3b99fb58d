"""The navigation of a firm: the pages that the features bring, in groups, for whoever may see them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.core.feature import FirmPage, NavigationGroup, list_features
from trainer.organizations.actor import Actor

_NAMES: Final = {
    NavigationGroup.TRAINING: _l("Training"),
    NavigationGroup.PEOPLE: _l("People"),
    NavigationGroup.JOINING: _l("Invitations and codes"),
    NavigationGroup.EVIDENCE: _l("Evidence"),
    NavigationGroup.FIRM: _l("Settings"),
}


class NavigationEntry(NamedTuple):
    """A link of the navigation."""

    label: LazyString
    address: str
    current: str
    """For `aria-current`: "page" if it leads to this page, "true" if this page belongs to that one, or nothing."""


class NavigationDoor(NamedTuple):
    """A group of pages, and the link that leads to the first of them."""

    name: LazyString
    pages: list[NavigationEntry]

    @property
    def current(self) -> LazyString | None:
        """What the page is called in it that this page is or belongs to."""
        return next((page.label for page in self.pages if page.current), None)

    @property
    def door(self) -> NavigationEntry:
        """The link to its first page, which has the name of the group where it has more pages."""
        first = self.pages[0]
        label = self.name if len(self.pages) > 1 else first.label
        return NavigationEntry(label, first.address, first.current or ("true" if self.current else ""))


def list_firm_pages(actor: Actor) -> Iterator[NavigationDoor]:
    """Yield the groups of pages that the actor may see; a group without any isn't there."""
    pages = [page for feature in list_features() for page in feature.firm_pages if actor.may(page.permission)]
    current = _page_of_this()
    for group, members in groupby(sorted(pages, key=lambda page: (page.group, page.place)), lambda page: page.group):
        yield NavigationDoor(_NAMES[group], [_entry(page, actor, current) for page in members])


def _entry(page: FirmPage, actor: Actor, current: str | None) -> NavigationEntry:
    address = url_for(page.endpoint, organization_id=actor.organization_id)
    if page.endpoint == request.endpoint:
        return NavigationEntry(page.label, address, "page")
    return NavigationEntry(page.label, address, "true" if page.endpoint == current else "")


def _page_of_this() -> str | None:
    """Return the endpoint of the navigation's page to which this page belongs."""
    blueprint = request.blueprint or ""
    for feature in list_features():
        if blueprint in feature.firm_blueprints:
            return feature.firm_blueprints[blueprint]
        for page in feature.firm_pages:
            if page.endpoint.partition(".")[0] == blueprint:
                return page.endpoint
    return None

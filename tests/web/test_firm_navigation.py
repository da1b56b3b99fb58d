"""On each page of a firm, its navigation says where one is."""

from __future__ import annotations

import re

from tests.web.marked import of_firm
from tests.web.world import World

NOWHERE = {""}
"""The firm’s own page."""


def test_each_page_of_a_firm_is_marked_in_its_navigation(world: World) -> None:
    owner, firm = world.enter("owner"), f"/organizations/{world.values['organization_id']}"
    unmarked = set()
    for path in of_firm(world):
        page = owner.get(path)
        if page.mimetype != "text/html":
            continue
        navigation = re.search(r'<ul class="x tabs".*?</nav>', page.text, re.DOTALL)
        if navigation and "aria-current" not in navigation[0]:
            unmarked.add(path.removeprefix(firm))
    assert unmarked == NOWHERE, "name the page’s blueprint in `firm_blueprints` of its feature.py"

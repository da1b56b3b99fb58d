"""The site: what it names is there."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from tests.content.checks.spoiling import told
from tests.content.small import edit


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("region: us", "region: us-nh", '5: there is no region "us-nh". Add regions/us-nh, or correct it.'),
        (
            "nation:",
            "courses: [recognize, recognise]\nnation:",
            '4: no course is called "recognise". Add it or correct its name: that of its folder.',
        ),
        ("[hotline]", "[hotlin]", '6: no help line is called "hotlin"'),
        ("first_try: recognize", "first_try: nobody", '7: no course is called "nobody"'),
        ("exit_target", "renewal: nobody\nexit_target", '8: no course is called "nobody"'),
    ],
)
def test_what_the_site_names_is_there(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "site.yaml", old, new)
    assert f"site.yaml:{complaint}" in told(folder)


def test_no_course_has_a_module_named_as_one_for_renewing(folder: Path) -> None:
    copytree(folder / "courses/recognize", folder / "courses/again")
    edit(folder, "site.yaml", "exit_target", "renewal: again\nexit_target")
    assert 'site.yaml:8: "again" and "recognize" both have a module called "basics"' in told(folder)

"""Which files readers of a region get."""

from __future__ import annotations

import pytest

from trainer.content.layers import name_in, region_of, sort_by_layer

PATHS = ("cards/hotel.yaml", "glossary.yaml", "regions/us-me/cards/hotel.yaml", "regions/us-me/glossary.yaml",
         "regions/us-me/pages/law.md", "site.yaml")  # fmt: skip


def test_a_region_replaces_adds_and_has_of_some_files_only_what_differs() -> None:
    layers = sort_by_layer(PATHS)
    assert layers.seen_from(None) == ("cards/hotel.yaml", "glossary.yaml", "site.yaml")
    assert layers.seen_from("us-me") == (
        *("regions/us-me/cards/hotel.yaml", "glossary.yaml", "regions/us-me/glossary.yaml"),
        *("regions/us-me/pages/law.md", "site.yaml"),
    )
    assert sorted(layers.all) == list(PATHS)


@pytest.mark.parametrize(
    ("path", "region", "name"),
    [
        ("pages/law.md", None, "pages/law.md"),
        ("regions/us-me/pages/law.md", "us-me", "pages/law.md"),
        ("regions/README.md", None, "regions/README.md"),
    ],
)
def test_a_file_is_called_the_same_in_each_region(path: str, region: str | None, name: str) -> None:
    assert (region_of(path), name_in(path)) == (region, name)

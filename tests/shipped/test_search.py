"""Search finds no scene of a final."""

from __future__ import annotations

from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.courses.search import Index


def test_no_narrative_of_the_final_is_in_the_index(shelf: Library) -> None:
    index = Index(shelf.content)
    told = " ".join(text for (text,) in index._database.execute("SELECT text FROM documents"))
    assert len(told) > 10_000
    for scene in shelf.content.pool(Pool.RESERVED):
        for sentence in str(scene.html.striptags()).split(". "):
            assert len(sentence) < 60 or sentence not in told, scene.id

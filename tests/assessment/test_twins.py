"""Twins: open pairs alone, whose scenes are told apart by what decides; nothing of other pools."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.content_copies import Copy
from trainer.assessment.twins import find_twins, list_twins
from trainer.content.library import Content, Library
from trainer.content.schema import Pool


@pytest.fixture
def here(shelf: Library) -> Content:
    return shelf.content


def test_which_scene_is_looked_at_first_foretells_no_verdict(here: Content) -> None:
    assert {one.one.is_concern for one in list_twins(here)} == {True, False}


@pytest.mark.parametrize("leaving", ["first", "twin", "both"])
def test_a_pair_of_which_a_scene_has_left_the_open_pool_is_gone(here: Content, leaving: str) -> None:
    scene = here.pool(Pool.OPEN)[0]
    gone = {"first": {scene.id}, "twin": {here.twin(scene).id}, "both": {scene.id, here.twin(scene).id}}[leaving]
    left = tuple(one for one in here.pool(Pool.OPEN) if one.id not in gone)
    content = replace(here, pools={**here.pools, Pool.OPEN: left})
    assert find_twins(here, scene.id) is not None
    assert find_twins(content, scene.id) is None
    assert scene.file.pair not in {one.one.scene.file.pair for one in list_twins(content)}


def test_a_scene_without_a_twin_is_none_to_look_at(here: Content) -> None:
    scene = here.pool(Pool.OPEN)[0]
    assert find_twins(replace(here, pairs={}), scene.id) is None


@pytest.mark.parametrize("side", ["first", "twin"])
def test_a_pair_in_which_all_decides_is_not_offered(copy: Copy, here: Content, side: str) -> None:
    scene = here.pool(Pool.OPEN)[0]
    changed = scene if side == "first" else here.twin(scene)
    content = copy.changed({changed.id: {"decides": list(changed.paragraphs)}})
    assert find_twins(content, scene.id) is None
    assert scene.file.pair not in {one.one.scene.file.pair for one in list_twins(content)}


def test_a_reason_does_not_agree_with_someone_who_said_nothing(copy: Copy, here: Content) -> None:
    scene = here.pool(Pool.OPEN)[0]
    found = find_twins(here, scene.id)
    assert found is not None
    assert found.one.reason == found.one.payload.verdicts[scene.file.best]
    item = scene.file.first
    told = replace(found.one, scene=replace(scene, file=scene.file.but({"items": [_agreeing(item, scene.file.best)]})))
    assert told.reason == "One strong sign."


def _agreeing(item: object, best: object) -> object:
    return item.but({"verdicts": {**item.verdicts, best: "Yes. One strong sign."}})  # type: ignore[attr-defined]

"""Pairs of scenes, and the bank as a whole."""

from __future__ import annotations

from collections import defaultdict

from trainer.content.folder import Entry, Folder
from trainer.content.schema import Pool, ScenarioFile, SceneItem
from trainer.content.subject import Truth
from trainer.content.yaml_lines import Key

Scene = Entry[ScenarioFile]


def check_pairs(folder: Folder) -> None:
    """Check that the scenes of each pair differ in one fact, and that the pools are in balance."""
    pairs: dict[str, list[Scene]] = defaultdict(list)
    for entry in folder.scenarios.values():
        if not entry.value.retired and entry.value.pair:
            pairs[entry.value.pair].append(entry)
        if not entry.value.finals and entry.value.pool is not Pool.RESERVED:
            entry.refuse("finals", "only scenes of the reserved pool are in finals", "Take the line out.")
    is_whole = len(folder.scenarios) == len(folder.named.get("scenario", ()))
    for pair, scenes in pairs.items():
        if len(scenes) == 2 and not all(isinstance(scene.value.items[0], SceneItem) for scene in scenes):
            continue
        if len(scenes) == 2:
            _check_pair(scenes[0], scenes[1])
        elif is_whole or len(scenes) > 2:  # the twin may be among the files that could not be read
            scenes[-1].refuse(
                "pair",
                f'pair "{pair}" has {len(scenes)} scene{"" if len(scenes) == 1 else "s"}',
                "A pair is two files; retire both or neither.",
            )
    if is_whole:
        _check_balance(folder)


def count_pairs(folder: Folder, pool: Pool, *, anywhere: bool = False) -> int:
    """Count the pairs of a pool that readers of the region are shown, or of any region, without those that were taken
    out of finals."""
    live = [
        entry.value
        for entry in folder.scenarios.values()
        if entry.value.pool == pool and not entry.value.retired and entry.value.pair
        if anywhere or entry.value.region in (None, folder.region)
    ]
    return len({scene.pair for scene in live} - {scene.pair for scene in live if not scene.finals})


def _check_pair(first: Scene, second: Scene) -> None:
    scene, other = first.value, second.value

    def refuse(key: Key, what: str, remedy: str) -> None:
        second.refuse(key, f"{what} ({first.path.rpartition('/')[2]})", remedy)

    if scene.truth == other.truth:
        refuse(("truth",), f'both twins are "{other.truth}"', "One must be concern, the other no_concern.")
    for key in ("pool", "venue", "about", "place", "region"):
        if getattr(scene, key) != getattr(other, key):
            refuse((key,), f'"{key}" differs from its twin', "Twins share it.")
    if scene.is_about_minor != other.is_about_minor:
        refuse(("people",), "someone at risk is under 18 in one twin only", "Twins share it.")
    other.first.check_twin(scene.first, lambda key, what, remedy: refuse(("items", 0, *key), what, remedy))


def _check_balance(folder: Folder) -> None:
    for pool in (Pool.OPEN, Pool.PRETEST, Pool.CHECK_IN, Pool.RESERVED, Pool.SHORT_FORM):
        truths = [
            scene.value.truth
            for scene in folder.scenarios.values()
            if scene.value.pool == pool and not scene.value.retired
        ]
        concerns = truths.count(Truth.CONCERN)
        if concerns * 2 != len(truths):
            folder.refuse(
                "scenarios",
                1,
                f"the {pool} pool has {concerns} scenes of concern and {len(truths) - concerns} of none",
                "Bring them into balance: half and half.",
            )
    bank = folder.site.value.bank if folder.site else None
    if folder.site is None or bank is None:
        return
    swaps = {entry.value.pair for entry in folder.scenarios.values() if entry.value.swap and not entry.value.retired}
    for key, number, needed in (
        ("open_pairs", count_pairs(folder, Pool.OPEN, anywhere=True), bank.open_pairs),
        ("reserved_pairs", count_pairs(folder, Pool.RESERVED, anywhere=True), bank.reserved_pairs),
        ("swapped_pairs", len(swaps), bank.swapped_pairs),
    ):
        if number < needed:
            folder.site.refuse(
                ("bank", key), f"the bank has {number} of {needed} {key.replace('_', ' ')}", "Add scenes."
            )

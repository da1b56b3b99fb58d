"""Help lines: where each number is from."""

from __future__ import annotations

from trainer.content.checks.bodies import check_source
from trainer.content.checks.vocabulary import check_word
from trainer.content.folder import Folder


def check_help_lines(folder: Folder) -> None:
    """Check that each region has a name, each help line known needs and its source, and whoever called it a name."""
    regions = folder.vocabulary.value.ids("regions") if folder.vocabulary else list(folder.help_lines)
    for region, lines in folder.help_lines.items():
        if region not in regions:
            folder.refuse(
                f"help/{region}.yaml",
                1,
                f'the region "{region}" has no name',
                'Add it to "regions" in vocabulary.yaml: the help page shows its heading.',
            )
        for line in lines.values():
            check_source(folder, line, ("source",), line.value.source)
            for index, need in enumerate(line.value.needs):
                check_word(folder, line, ("needs", index), need, "needs")
            if (line.value.called_on is None) != (line.value.called_by is None):
                line.refuse(
                    "called_on" if line.value.called_on else "called_by",
                    '"called_on" and "called_by" go together',
                    "Write who rang the number and when, or leave both out.",
                )

"""Help lines: where each number is from."""

from __future__ import annotations

from collections.abc import Mapping

from trainer.content.catalogue import HelpLine
from trainer.content.checks.bodies import check_source
from trainer.content.checks.vocabulary import check_word
from trainer.content.complaints import short
from trainer.content.folder import Entry, Folder


def check_help_lines(folder: Folder) -> None:
    """Check that the files are called as their regions are, that each line has known needs and its source, and whoever
    called it a name."""
    for region, lines in folder.help_lines.items():
        if folder.site and region not in (folder.site.value.nation.id, folder.region):
            place = f"regions/{region}/help/{region}.yaml"
            folder.refuse(f"help/{region}.yaml", 1, "these lines are those of a region", f"Move them to {place}.")
        for line in lines.values():
            _check_roles(line, lines)
            check_source(folder, line, ("source",), line.value.source)
            for key in ("needs", "also"):
                for index, need in enumerate(getattr(line.value, key)):
                    check_word(folder, line, (key, index), need, "needs")
            if (line.value.called_on is None) != (line.value.called_by is None):
                line.refuse(
                    "called_on" if line.value.called_on else "called_by",
                    '"called_on" and "called_by" go together',
                    "Write who rang the number and when, or leave both out.",
                )


def _check_roles(line: Entry[HelpLine], lines: Mapping[str, Entry[HelpLine]]) -> None:
    """Check that a role is one line's in each region, and no line's id."""
    for index, role in enumerate(line.value.stands_in_for):
        same = [other for other in lines.values() if role in other.value.stands_in_for]
        if role in lines:
            line.refuse(("stands_in_for", index), f'"{short(role)}" is the id of a line', "Take it out here.")
        elif same[0] is not line:
            what = f'"{same[0].value.id}" stands in for {short(role)} as well'
            line.refuse(("stands_in_for", index), what, "Let one of the two do so.")

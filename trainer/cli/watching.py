"""Watch the content folder: put it into service when its files have changed, and rest."""

from __future__ import annotations

import logging
from typing import Final

from trainer.content.complaints import ContentRefused
from trainer.content.files import fingerprint
from trainer.content.releasing import archive_folder, load_archive, release
from trainer.core import releases
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.settings import Settings
from trainer.items.registry import MODELS

EVERY: Final = 2.0
"""Seconds between two looks, and for which a folder must rest: one that is being copied is left alone."""
_log = logging.getLogger(__name__)


class Watch:
    """What the folder was like when it was last put into service or refused, and when it was last looked at."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._done = self._last = fingerprint(settings.content)

    def look(self) -> None:
        """Put the folder into service if it has changed and was the same at the last look.

        One that is refused is logged once, and what is in service stays. Raises SQLAlchemyError, after which the next
        look tries again.
        """
        files = fingerprint(self._settings.content)
        is_resting, self._last = files == self._last, files
        if files == self._done or not is_resting:
            return
        try:
            self._release()
        except ContentRefused as refused:
            faults = [str(complaint) for complaint in refused.complaints if complaint.level == "error"]
            more = f" (and {len(faults) - 1} more: flask content check)" if len(faults) > 1 else ""
            _log.error("the content folder has changed and is refused; what is in service stays: %s%s", faults[0], more)
        except OSError as error:  # a file went away meanwhile, so the folder changes once more
            _log.warning("the content folder can't be read: %s", error.strerror or type(error).__name__)
            return
        self._done = files

    def _release(self) -> None:
        archive = archive_folder(self._settings.content)
        kept = load_archive(archive, self._settings, MODELS, today())
        with transaction():
            newest = releases.find_newest()
            if newest is not None and newest.digest == kept[0].digest:
                return  # saved, but the same as before
            number = release(archive, kept, self._settings, now())
        _log.info("the content folder has changed: release %s, %s, is in service", number, kept[0].digest[:12])

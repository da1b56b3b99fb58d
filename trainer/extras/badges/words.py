"""What was found of a file, in words."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.extras.badges.rules import FileVerdict

_VERDICTS: Final = {
    FileVerdict.VALID: (
        _l("Valid"),
        _l("We issued this file, nothing in it was changed, and the certificate is valid."),
    ),
    FileVerdict.EXPIRED: (
        _l("Expired"),
        _l("We issued this file, and nothing in it was changed. The certificate’s last day has passed."),
    ),
    FileVerdict.SUPERSEDED: (
        _l("Replaced"),
        _l("We issued this file, and nothing in it was changed. Its holder has a newer certificate."),
    ),
    FileVerdict.REVOKED: (
        _l("Withdrawn"),
        _l("We issued this file, but the certificate was withdrawn. Its page says when and why."),
    ),
    FileVerdict.ALTERED: (
        _l("Changed"),
        _l("This badge carries our name, but it isn’t as we signed it. Ask for the certificate’s number."),
    ),
    FileVerdict.DIFFERS: (
        _l("Not sure"),
        _l(
            "This PDF names the certificate below, but it isn’t exactly the file we would make today. It may have "
            "been changed, saved by another program, or made by an earlier version of this site. Go by the "
            "certificate’s page, not by this file."
        ),
    ),
    FileVerdict.COMPROMISED: (
        _l("No longer accepted"),
        _l(
            "Someone else may have the key this badge was signed with. Ask its holder to download it again from "
            "the certificate’s page."
        ),
    ),
    FileVerdict.NOT_OURS: (
        _l("Not ours"),
        _l(
            "This isn’t the way we make files; another program may have saved it. If it shows a certificate "
            "number, check the number instead."
        ),
    ),
    FileVerdict.UNSIGNED: (
        _l("Not signed"),
        _l("This reads like a badge, but it isn’t signed by us. Ask for the PNG, SVG or JWT file."),
    ),
    FileVerdict.UNREADABLE: (
        _l("Can’t be read"),
        _l(
            "This isn’t a certificate, badge or evidence pack that we can read. Ask for the file as it was "
            "downloaded here. If it’s another ZIP file, unpack it and choose one of its files."
        ),
    ),
    FileVerdict.PACK_SIGNED: (
        _l("Signed by us"),
        _l(
            "We signed the file manifest.json of this evidence pack, and it wasn’t changed. It has the SHA-256 of "
            "every other file: one that has another SHA-256 was changed, and one that isn’t listed isn’t ours."
        ),
    ),
    FileVerdict.PACK_UNSIGNED: (
        _l("No signature of ours"),
        _l("We check the pack by the SHA-256 of its file manifest.json instead."),
    ),
}


def say_verdict(verdict: FileVerdict) -> tuple[str, str]:
    """Return in a word what was found of a file, and what that means."""
    word, meaning = _VERDICTS[verdict]
    return str(word), str(meaning)

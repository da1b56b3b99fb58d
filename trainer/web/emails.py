"""Write mails: a plain text, and the same as HTML. A template's first line is the subject.

A paragraph that is an address alone becomes a link in HTML. Subjects are neutral: a screen that someone else sees tells
nothing of what this is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from flask import render_template


class Reply(NamedTuple):
    """Whom a reply goes to."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail."""

    name: str
    mimetype: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """What a mail says, and the files in it."""

    subject: str
    text: str
    html: str
    sender: str | None = None
    """The name that it comes from, if that isn't the site's; the address is always the site's."""
    reply_to: Reply | None = None
    files: tuple[Attachment, ...] = ()

    def with_files(self, *files: Attachment) -> RenderedEmail:
        """Return the same with these files."""
        return replace(self, files=files)


def render_email(template: str, **values: object) -> RenderedEmail:
    """Render a mail of plain paragraphs."""
    written = render_template(f"{template}.txt", **values).strip()
    subject, _, body = written.partition("\n")
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", body) if part.strip()]
    html = render_template("web/mail/letter.html", subject=subject, paragraphs=paragraphs)
    return RenderedEmail(subject.strip(), "\n\n".join(paragraphs) + "\n", html)

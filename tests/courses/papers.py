"""The PDFs of cards, read."""

from __future__ import annotations

import io

import pypdf

ADDRESS = "https://training.example.org/cards/hotel"


def open_pdf(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def squeeze(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def text_of(data: bytes) -> str:
    return squeeze("".join(page.extract_text() for page in open_pdf(data).pages))

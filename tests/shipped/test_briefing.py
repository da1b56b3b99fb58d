"""Whatever a class gets wrong, the sheet to teach from is one page."""

from __future__ import annotations

import datetime as dt
import io

from flask import Flask
from pypdf import PdfReader

from trainer.assessment.twins import list_twins
from trainer.content.library import Library
from trainer.instructing.briefing import Briefing, Mistake, ReadAloud
from trainer.instructing.briefing_paper import draw_briefing
from trainer.instructing.rules import Rate


def test_the_longest_scenes_and_names_fit_on_one_page(app: Flask, shelf: Library) -> None:
    content = shelf.content
    sides = [side for twins in list_twins(content) for side in (twins.one, twins.other)]
    longest = sorted(sides, key=lambda side: -len(" ".join(side.scene.paragraphs) + side.reason))[:2]
    rate = Rate(11, 240, 24, (0.02, 0.98), is_shown=True)
    labels = sorted((f"{sign.id} {sign.name}" for sign in content.indicators.values()), key=len)[-3:]
    lessons = (lesson for course in content.courses.values() for lesson in course.lessons)
    lesson = max(lessons, key=lambda lesson: len(lesson.file.title))
    mistakes = [Mistake(label, False, rate, lesson, None) for label in labels]
    brief = Briefing(240, mistakes, [ReadAloud(side, rate) for side in longest])
    with app.test_request_context():
        pdf = draw_briefing("Night crew of the north side, spring and summer " * 2, brief, dt.date(2026, 11, 26))
        strange = draw_briefing("\U000130b8 crew", brief, dt.date(2026, 11, 26))
    for paper in (pdf, strange):
        assert len(PdfReader(io.BytesIO(paper)).pages) == 1
    text = "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    for side in longest:
        assert "".join(side.reason.split())[-40:] in text

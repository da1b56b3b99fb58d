"""A translation holds prose beside what it translates: it scores nothing, keeps ids and digests, and says its age."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.content import small
from tests.content.spanish import LESSON, MADE_ON, PAGE, SCENE, faults, put, put_scene, sign, spanish_of
from tests.content.spanish import spanish as spanish
from trainer.content.objects import TranslationStanding, TranslationState
from trainer.content.sentences import in_sentences
from trainer.content.translations import split_name
from trainer.items.judge.payload import payload_of


def test_words_are_told_in_the_other_language_and_nothing_else_changes(spanish: Path) -> None:
    assert faults(spanish) == []
    here, there = small.read(spanish), spanish_of(spanish)
    was, lesson = here.courses["recognize"].lessons[0], there.courses["recognize"].lessons[0]
    assert (lesson.file.title, lesson.module_title) == ("Primera lección", "Lo básico")
    assert "¿Cuántas personas" in lesson.html
    assert (lesson.id, lesson.digest, lesson.seconds) == (was.id, was.digest, was.seconds)
    assert lesson.file.minutes == was.file.minutes
    assert [term.term for term in lesson.words] == ["Señal"]
    assert there.pages["privacy"].file.title == "Privacidad"
    assert there.help_lines["us"][0].name == "Línea nacional"
    assert there.help_lines["us"][0].phone == here.help_lines["us"][0].phone
    assert there.indicators["C1"].name == "Documentos retenidos"
    assert there.indicators["C1"].strength == here.indicators["C1"].strength
    assert there.courses["recognize"].file.title == "Para todos"
    assert there.courses["recognize"].digest == here.courses["recognize"].digest


def test_a_translation_changes_no_digest_no_id_and_no_scene(folder: Path, tmp_path: Path) -> None:
    before = small.read(folder)
    small.edit(folder, "site.yaml", "languages: [en]", "languages: [en, es]")
    put(folder, "courses/recognize/01-basics/01-first.es.md", LESSON)
    after = small.read(folder)
    assert after.courses["recognize"].digest == before.courses["recognize"].digest
    assert after.ids == before.ids
    assert {name: one.digest for name, one in after.scenarios.items()} == {
        name: one.digest for name, one in before.scenarios.items()
    }
    assert after.digest != before.digest  # what is kept of pages is made again


def test_a_named_sign_is_shown_in_the_words_of_the_language(folder: Path) -> None:
    details = "strength: strong\n    details: [{id: refused, words: was refused, strength: strong, evidence: expert}]\n"
    small.edit(folder, "indicators.yaml", "strength: strong\n", details)
    small.edit(folder, "site.yaml", "languages: [en]", "languages: [en, es]")
    put(folder, "indicators.es.yaml", "of: {of}\nC1:\n  details: {refused: fue negado}\n")
    put(folder, "courses/recognize/01-basics/01-first.es.md", LESSON.replace("Una persona", "Eso {sign:C1.refused}"))
    told = spanish_of(folder).courses["recognize"].lessons[0].html
    assert 'Eso <a href="/indicators/C1">fue negado</a> (strong)' in told


def test_what_is_not_translated_is_the_original_and_says_so(spanish: Path) -> None:
    here, there = small.read(spanish), spanish_of(spanish)
    second = there.courses["recognize"].lessons[1]
    assert there.standing(second).state is TranslationState.UNTRANSLATED
    assert second.html == here.courses["recognize"].lessons[1].html
    assert there.standing(there.courses["recognize"].lessons[0]).state is TranslationState.DRAFT
    assert there.standing("glossary.yaml").state is TranslationState.DRAFT
    assert there.standing("glossary.yaml", "sources.yaml").state is TranslationState.UNTRANSLATED
    assert here.standing(here.pages["privacy"], "sources.yaml").state is TranslationState.AS_WRITTEN


def test_what_is_told_in_part_says_so(spanish: Path) -> None:
    there = spanish_of(spanish)
    assert there.standing("indicators.yaml").state is TranslationState.UNTRANSLATED
    assert there.indicators["A1"].name == "Never alone"
    small.edit(spanish, "pages/privacy.es.md", "summary: Lo que se guarda.\n", "")
    there = spanish_of(spanish)
    assert there.pages["privacy"].file.summary == "What is kept."
    assert there.standing(there.pages["privacy"]).state is TranslationState.UNTRANSLATED


@pytest.mark.parametrize(
    ("name", "old", "new", "is_older"),
    [
        (small.LESSON_FILE, "What a signal is.", "What signals are.", True),
        (small.LESSON_FILE, "Write it down", "Note it down", True),
        (small.LESSON_FILE, "minutes: 4", "minutes: 5", False),
    ],
)
def test_a_translation_is_older_once_the_words_of_the_original_change(
    spanish: Path, name: str, old: str, new: str, is_older: bool
) -> None:
    small.edit(spanish, name, old, new)
    there = spanish_of(spanish)
    lesson = there.courses["recognize"].lessons[0]
    assert lesson.mark is not None
    assert lesson.mark.is_older == is_older
    assert there.standing(lesson).state is (TranslationState.OLDER if is_older else TranslationState.DRAFT)
    warnings = [str(one) for one in small.complaints(spanish) if "01-first.es.md" in one.path]
    assert len(warnings) == is_older
    assert all(":2: the original is no longer " in one for one in warnings)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (small.LESSON_FILE, "[Tell a signal from a case]", "[Tell a signal, Tell a case]"),
        (small.LESSON_FILE, "[^S1]", "[^N2]"),
        ("glossary.yaml", "id: case", "id: matter"),
        ("indicators.yaml", "[Kept safe on request]", "[Kept safe, On request]"),
    ],
)
def test_whoever_changes_the_original_need_not_translate(spanish: Path, name: str, old: str, new: str) -> None:
    small.edit(spanish, name, old, new)
    there = spanish_of(spanish)  # it isn't refused
    assert all(one.level == "warning" for one in small.complaints(spanish))
    if name == small.LESSON_FILE and "Tell" in new:
        assert there.courses["recognize"].lessons[0].file.objectives == ["Tell a signal", "Tell a case"]
        assert there.standing(there.courses["recognize"].lessons[0]).state is TranslationState.UNTRANSLATED


def test_what_scores_is_refused_even_in_an_older_translation(spanish: Path) -> None:
    small.edit(spanish, "pages/privacy.md", "We keep little.", "We keep nothing.")
    small.edit(spanish, "pages/privacy.es.md", "title: P", "seen_on: 2026-11-01\ntitle: P")
    assert '"seen_on" can\'t be set in a translation' in small.only(spanish)


def test_a_list_is_older_once_its_words_change_and_not_with_a_date(spanish: Path) -> None:
    small.edit(spanish, "help/us.yaml", "seen_on: 2026-11-01", "seen_on: 2026-11-20")
    assert spanish_of(spanish).standing("help/us.yaml").state is TranslationState.DRAFT
    small.edit(spanish, "help/us.yaml", "for_whom: Anyone", "for_whom: Everyone")
    assert spanish_of(spanish).standing("help/us.yaml").state is TranslationState.OLDER


def test_a_scene_keeps_its_id_its_digest_and_all_that_is_scored(spanish: Path) -> None:
    put_scene(spanish, "open-1-a")
    here, there = small.read(spanish), spanish_of(spanish)
    was, scene = here.scenarios["open-1-a"], there.scenarios["open-1-a"]
    assert (scene.id, scene.digest, scene.seconds) == (was.id, was.digest, was.seconds)
    assert "Usted está en la recepción" in scene.html
    assert [(sign.id, sign.text, sign.name) for sign in scene.signs] == [
        ("C1", "El jefe guarda los papeles", "Documentos retenidos")
    ]
    before, after = payload_of(was), payload_of(scene)
    assert [(one.id, one.door, one.grade, one.harm) for one in after.actions] == [
        (one.id, one.door, one.grade, one.harm) for one in before.actions
    ]
    assert after.actions[0].text == "Llamar a la línea"
    assert (after.truth, after.rule, after.route, after.pair) == (before.truth, before.rule, before.route, before.pair)
    assert there.standing(scene).state is TranslationState.DRAFT
    assert there.standing(there.scenarios["open-1-b"]).state is TranslationState.UNTRANSLATED
    small.edit(spanish, "scenarios/open-1-a.md", "says no.", "says no again.")
    there = spanish_of(spanish)
    assert there.standing(there.scenarios["open-1-a"]).state is TranslationState.OLDER


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: C", "truth: concern\ntitle: C", '"truth" can\'t be set in a translation'),
        ("title: C", "decides: [el jefe calla]\ntitle: C", '"el jefe calla" is not in the scene'),
        ("why: Bastan.", "why: Bastan., grade: best", '"actions" has another form than in the original'),
        ("  C1: El", "  A1: El", '"signs" has another form than in the original'),
        ("  report-now: S", "  report-never: S", '"verdicts" has another form than in the original'),
    ],
)
def test_a_scene_can_be_told_and_not_scored_in_another_language(spanish: Path, old: str, new: str, said: str) -> None:
    put_scene(spanish, "open-1-a")
    small.edit(spanish, "scenarios/open-1-a.es.md", old, new)
    assert any(said in str(one) for one in small.complaints(spanish)), small.complaints(spanish)


def test_the_words_that_decide_may_be_quoted_from_the_other_language(spanish: Path) -> None:
    quoted = "decides: [Un hombre pide, el jefe dice que no]\ntitle: C"
    put_scene(spanish, "open-1-a", SCENE.replace("title: C", quoted))
    assert faults(spanish) == []
    there = spanish_of(spanish)
    scene = there.scenarios["open-1-a"]
    assert in_sentences(scene.paragraphs, scene.file.decides)
    assert there.standing(scene).state is TranslationState.DRAFT


def test_twins_offer_the_same_actions_in_another_language_too(spanish: Path) -> None:
    put_scene(spanish, "open-1-a")
    other = SCENE.replace("C1: El jefe guarda los papeles", "A1: El jefe está a su lado")
    put_scene(spanish, "open-1-b", other)
    assert faults(spanish) == []
    small.edit(spanish, "scenarios/open-1-b.es.md", "Esperar una semana", "Esperar")
    assert "the actions differ from those of content/scenarios/open-1-a.es.md. Use the same" in small.only(spanish)


REFUSED = {
    ("pages/privacy.es.md", "title: P", "seen_on: 2026-11-01\ntitle: P"): (
        'pages/privacy.es.md:3: "seen_on" can\'t be set in a translation. '
        "Take it out: the original sets it. Translate title, summary."
    ),
    ("courses/recognize/01-basics/01-first.es.md", "title: P", "indicators: [A1]\ntitle: P"): (
        '01-first.es.md:3: "indicators" can\'t be set in a translation.'
    ),
    ("indicators.es.yaml", "  name: Doc", "  strength: weak\n  name: Doc"): (
        'indicators.es.yaml:5: "strength" can\'t be set in a translation.'
    ),
    ("help/us.es.yaml", "  name: L", "  phone: 911\n  name: L"): 'us.es.yaml:3: "phone" can\'t be set',
    ("glossary.es.yaml", "signal:", "signals:"): (
        'glossary.es.yaml:2: nothing in the original has the id "signals". Correct it.'
    ),
    ("courses/recognize/01-basics/01-first.es.md", "[Distinguir una señal de un caso]", "[Una, Otra]"): (
        '01-first.es.md:5: "objectives" has another form than in the original. '
        "Translate a text with a text, a list with as many texts, and keys with the same keys."
    ),
    ("pages/privacy.es.md", "page:help", "page:nowhere"): (
        'pages/privacy.es.md:7: the link "page:nowhere" leads nowhere.'
    ),
    ("courses/recognize/01-basics/01-first.es.md", "[^S1]", "[^S9]"): (
        '01-first.es.md:12: source "S9" is cited but not listed.'
    ),
    ("courses/recognize/01-basics/01-first.es.md", "::: recap", "::: story"): (
        '01-first.es.md:8: a lesson ends with its one "recap".'
    ),
    ("site.yaml", "[en, es]", "[es, en]"): "site.yaml:3: English isn't the first language.",
    ("site.yaml", "[en, es]", "[en, es, zzz]"): 'site.yaml:3: no language is called "zzz".',
}


@pytest.mark.parametrize(("edited", "said"), REFUSED.items(), ids=[f"{one[0]} {one[2]}" for one in REFUSED])
def test_what_a_translation_may_not_say_is_refused(spanish: Path, edited: tuple[str, str, str], said: str) -> None:
    small.edit(spanish, *edited)
    assert any(said in str(one) for one in small.complaints(spanish)), small.complaints(spanish)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("courses/recognize/shifts/night.es.yaml", "there is no courses/recognize/shifts/night.yaml to translate"),
        ("ids.es.yaml", "there is no ids.yaml to translate"),
        ("site.es.yaml", "no file of this kind can be translated"),
        ("sources.es.yaml", "no file of this kind can be translated"),
        ("pages/nothing.es.md", "there is no pages/nothing.md to translate"),
        ("pages/privacy.zzz.md", 'no language is called "zzz"'),
    ],
)
def test_a_translation_of_nothing_is_refused(spanish: Path, name: str, said: str) -> None:
    small.put(spanish, name, PAGE.format(of="0\ntranslated_on: 2026-11-30"))
    assert f"content/{name}:1: {said}" in small.only(spanish)


def test_a_translation_may_be_prepared_before_its_language_is_listed(spanish: Path) -> None:
    small.edit(spanish, "site.yaml", "[en, es]", "[en]")
    said = [one for one in small.complaints(spanish) if one.path == "content/site.yaml"]
    assert [(one.level, one.what) for one in said] == [
        ("warning", "es isn't in languages of site.yaml: nobody sees its translations yet (7 in all)")
    ]
    assert small.read(spanish).translations == {}
    small.edit(spanish, "pages/privacy.es.md", "page:help", "page:nowhere")
    assert any('privacy.es.md:7: the link "page:nowhere" leads nowhere' in one for one in faults(spanish))


def test_words_that_english_may_not_have_are_no_matter_in_another_language(spanish: Path) -> None:
    assert faults(spanish) == []  # "rescue" stands in the lesson
    small.edit(spanish, small.LESSON_FILE, "is one contact", "is one rescue")
    assert '"rescue" is a word that we do not use' in str(small.complaints(spanish)[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pages/about.es.md", ("pages/about.md", "es")),
        ("glossary.fil.yaml", ("glossary.yaml", "fil")),
        ("pages/about.md", None),
        ("pages/about.spanish.md", None),
    ],
)
def test_the_name_says_what_is_translated_into_what(name: str, expected: tuple[str, str] | None) -> None:
    assert split_name(name) == expected


def signed(spanish: Path, signature: str) -> list[str]:
    """Sign a page; return what the check says of it."""
    sign(spanish, "pages/privacy.es.md", signature)
    return [str(one) for one in small.complaints(spanish) if "privacy.es.md" in one.path]


SIGNATURE = "{{by: Ana Paz, on: 2026-12-01, digest: {digest}}}"


def test_a_signature_names_a_person_and_holds_for_these_words_alone(spanish: Path) -> None:
    assert signed(spanish, SIGNATURE) == []
    there = spanish_of(spanish)
    expected = TranslationStanding(TranslationState.CHECKED, dt.date(2026, 12, 1), ("Ana Paz",))
    assert there.standing(there.pages["privacy"]) == expected
    draft = TranslationStanding(TranslationState.DRAFT, MADE_ON)
    assert there.standing(there.pages["privacy"], "glossary.yaml") == draft
    small.edit(spanish, "pages/privacy.es.md", "Guardamos poco", "Guardamos mucho")
    there = spanish_of(spanish)
    assert there.standing(there.pages["privacy"]) == draft
    assert any("privacy.es.md:3: its words aren't those" in str(one) for one in small.complaints(spanish))


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ("{{on: 2026-12-01, digest: {digest}}}", 'privacy.es.md:3: "by" is missing'),
        ("{{by: '', on: 2026-12-01, digest: {digest}}}", "privacy.es.md:3: "),
        ("{{by: Ana Paz, digest: {digest}}}", "privacy.es.md:3: "),
        ("{{by: Ana Paz, on: soon, digest: {digest}}}", "privacy.es.md:3: "),
        (
            "{{by: Ana Paz, on: 2026-11-29, digest: {digest}}}",
            "privacy.es.md:3: it was checked before",
        ),
        ("yes", "privacy.es.md:3: "),
    ],
)
def test_a_signature_without_a_person_or_a_day_is_refused(spanish: Path, signature: str, said: str) -> None:
    (complaint,) = signed(spanish, signature)
    assert said in complaint
    assert not complaint.startswith("warning")


def test_a_translation_says_when_it_was_made(spanish: Path) -> None:
    small.edit(spanish, "pages/privacy.es.md", f"translated_on: {MADE_ON}", "translated_on: lately")
    assert "privacy.es.md:5: " in small.only(spanish)
    small.edit(spanish, "pages/privacy.es.md", "translated_on: lately\n", "")
    assert '"translated_on" is missing' in small.only(spanish)

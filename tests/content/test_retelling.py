"""Content in another language: each kind is told in its words, whole or as the original has it, and scores nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.content import small
from tests.content.spanish import (
    CARD,
    CARD_ES,
    LESSON,
    QUESTIONS,
    SCENE_ES,
    SHIFT_ES,
    VOCABULARY_ES,
    faults,
    put,
    put_scene,
    spanish_of,
)
from tests.content.spanish import spanish as spanish
from trainer.content.library import Content
from trainer.content.objects import Scenario, TranslationState
from trainer.items.judge.payload import payload_of
from trainer.items.registry import read_further
from trainer.items.spot.type import samples

STATISTICS = """\
title: Calls in a year
unit: calls
as_of: data for 2025
source: S1
rows: [{name: By day, value: 1200}, {name: By night, value: 345}]
caveats: [A call isn't a case.]
"""
PACK = """\
title: Plain
applies_to: Any firm.
course_approval: {required: false, authority: the Office of Lakes}
defaults: {course: recognize, least_minutes: 2, cadence_months: 12, days_allowed: 30, renewal_days: 30}
records: Kept for two years.
unclear: [Whether lakes count.]
seen_on: 2026-11-01
notice: This is not legal advice.
"""
ORIGINALS = {"statistics/calls.yaml": STATISTICS, "cards/hotel.yaml": CARD, "requirements/plain.yaml": PACK}

STATISTICS_ES = """\
of: {of}
title: Llamadas en un año
unit: llamadas
as_of: datos de 2025
rows: [De día, De noche]
caveats: [Una llamada no es un caso.]
"""
PACK_ES = """\
of: {of}
title: Sin ley
applies_to: Cualquier empresa.
course_approval: {authority: la Oficina de Lagos}
records: Dos años.
unclear: [Si cuentan los lagos.]
notice: Esto is not legal advice.
"""
RARE_ES = """\
of: {of}
title: Una noche tranquila
intro: Casi todo es normal.
events:
  keys: {text: Alguien busca llaves., why: De llaves.}
  bread: {text: Una camioneta trae pan., why: De pan.}
  rooms: {text: Alguien reserva tres cuartos., why: De cuartos.}
  alarm: {text: Una alarma se calla., why: De alarmas.}
  doors: {text: Un hombre espera en cada puerta., why: De puertas.}
  papers: {text: Un hombre pide sus papeles y no los recibe., why: De papeles.}
"""


@pytest.fixture
def all_kinds(spanish: Path) -> Path:
    """The tiny folder with one of each kind, all of it in Spanish but the second lesson and most scenes."""
    for name, text in ORIGINALS.items():
        small.put(spanish, name, text)
    small.add_shift(spanish)
    small.add_handover(spanish)
    small.add_rare(spanish)
    small.add_to_head(spanish, small.CONCERN_FILE, QUESTIONS)
    put(spanish, "statistics/calls.es.yaml", STATISTICS_ES)
    put(spanish, "cards/hotel.es.yaml", CARD_ES)
    put(spanish, "requirements/plain.es.yaml", PACK_ES)
    put(spanish, "courses/recognize/shifts/night.es.yaml", SHIFT_ES)
    put(spanish, "courses/recognize/rare.es.yaml", RARE_ES)
    put_scene(spanish, "open-1-a", SCENE_ES)
    return spanish


def both(folder: Path) -> tuple[Content, Content]:
    content = small.read(folder)
    return content, content.translations["es"]


def scene_of(folder: Path) -> tuple[Scenario, Scenario]:
    here, there = both(folder)
    return here.scenarios["open-1-a"], there.scenarios["open-1-a"]


def test_a_card_a_pack_and_a_shift_are_told_and_keep_what_they_do(all_kinds: Path) -> None:
    assert faults(all_kinds) == []
    here, there = both(all_kinds)
    card, pack, shift = there.cards["hotel"], there.packs["plain"], there.courses["recognize"].shifts["night"]
    assert (card.title, card.alone[0].text, card.never) == ("Un hotel", "El jefe guarda los papeles.", ["Un acento."])
    assert [part.signs for part in (*card.alone, *card.together)] == [["C1"], ["A1", "C5"]]
    assert (pack.title, pack.course_approval.authority) == ("Sin ley", "la Oficina de Lagos")
    assert pack.defaults == here.packs["plain"].defaults
    assert shift.title == "Una noche"
    assert shift.handover is not None
    assert [(one.id, one.text) for one in shift.handover.points] == [("papers", "Los papeles"), ("door", "La puerta")]
    assert shift.scenes == ["shift-0", "shift-1", "shift-2", "shift-3"]
    rare, was = there.courses["recognize"].rare, here.courses["recognize"].rare
    assert rare is not None
    assert was is not None
    assert [one.text for one in rare.events][:2] == ["Alguien busca llaves.", "Una camioneta trae pan."]
    assert [(one.id, one.rule, one.signs, one.clock) for one in rare.events] == [
        (one.id, one.rule, one.signs, one.clock) for one in was.events
    ]
    nights = (small.SHIFT_FILE, "courses/recognize/rare.yaml")
    names = ("cards/hotel.yaml", "requirements/plain.yaml", *nights, "statistics/calls.yaml")
    assert {there.standing(name).state for name in names} == {TranslationState.DRAFT}
    assert here.cards["hotel"].title == "Hotel"
    assert here.courses["recognize"].digest == there.courses["recognize"].digest


def test_a_chart_is_told_in_a_lesson_and_else_says_what_language_it_is_in(all_kinds: Path) -> None:
    small.edit(all_kinds, small.LESSON_FILE, "::: recap", "::: chart calls\n:::\n\n::: recap")
    put(
        all_kinds,
        "courses/recognize/01-basics/01-first.es.md",
        LESSON.replace("::: recap", "::: chart calls\n:::\n\n::: recap"),
    )
    there = spanish_of(all_kinds)
    lesson = there.courses["recognize"].lessons[0]
    assert "Llamadas en un año" in lesson.html
    assert "<td>1,200</td>" in lesson.html
    assert "By day" not in lesson.html
    assert 'lang="en"' not in lesson.html
    assert there.standing(lesson).state is TranslationState.DRAFT
    small.edit(all_kinds, "statistics/calls.yaml", "By day", "During the day")
    assert (
        spanish_of(all_kinds).standing(spanish_of(all_kinds).courses["recognize"].lessons[0]).state
        is TranslationState.OLDER
    )
    (all_kinds / "statistics/calls.es.yaml").unlink()
    there = spanish_of(all_kinds)
    lesson = there.courses["recognize"].lessons[0]
    assert '<figure class="fig stack gap-2" lang="en" dir="ltr">' in lesson.html
    assert there.standing(lesson).state is TranslationState.UNTRANSLATED


def test_the_words_of_the_subject_are_told_and_decide_as_before(all_kinds: Path) -> None:
    put(all_kinds, "vocabulary.es.yaml", VOCABULARY_ES)
    small.edit(all_kinds, "requirements/plain.es.yaml", "Esto is not legal advice", "Esto no es consejo legal")
    assert faults(all_kinds) == []
    here, there = both(all_kinds)
    ours, theirs = here.vocabulary, there.vocabulary
    assert [need.name for need in theirs.needs] == ["Peligro ahora", "Trata"]
    assert theirs.verdicts["report-now"].name == "Avisar ahora"  # type: ignore[index]  # the text is the verdict
    assert theirs.sentences.harm == "no confronte ni siga"
    rule = theirs.find_rule("one-strong")
    assert rule is not None
    assert rule.sentence == "Una señal fuerte basta."
    assert (theirs.danger_rules, theirs.reporting_doors, theirs.calling_doors) == (
        ours.danger_rules,
        ours.reporting_doors,
        ours.calling_doors,
    )
    assert there.standing("vocabulary.yaml").state is TranslationState.DRAFT


def test_a_pack_warns_its_reader_in_each_language(all_kinds: Path) -> None:
    put(all_kinds, "vocabulary.es.yaml", VOCABULARY_ES)
    assert small.only(all_kinds) == (
        'content/requirements/plain.es.yaml:7: the notice doesn\'t warn the reader. Say "no es consejo legal" in it.'
    )


def test_further_questions_are_told_and_keep_ids_keys_and_digests(all_kinds: Path) -> None:
    was, scene = scene_of(all_kinds)
    assert [(one.id, one.type, one.digest) for one in scene.drills] == [
        (one.id, one.type, one.digest) for one in was.drills
    ]
    choice, marks, order = (one.payload for one in scene.drills)
    assert choice["ask"] == "¿Qué lo decide?"
    assert [(one["id"], one["key"]) for one in choice["options"]] == [("boss", True), ("desk", False)]
    assert choice["options"][0]["text"] == "Lo que dice el jefe"
    assert [one["sign"] for one in marks["options"]] == [None, None, "C1"]
    assert marks["options"][2]["name"] == "Documentos retenidos"
    assert [part for part in marks["paragraphs"][0] if part[1]] == [
        ["Usted está en la recepción", "p1"],
        ["Un hombre pide sus papeles", "p2"],
        ["el jefe dice que no", "p3"],
    ]
    assert [one["id"] for one in order["steps"]] == ["look", "write", "call"]
    for one in scene.drills:
        read_further(one.payload)


def test_questions_that_are_not_told_are_asked_in_the_original_with_its_scene(all_kinds: Path) -> None:
    put_scene(all_kinds, "open-1-a")
    was, scene = scene_of(all_kinds)
    assert scene.drills == was.drills
    assert spanish_of(all_kinds).standing(scene).state is TranslationState.UNTRANSLATED


def test_questions_that_no_longer_fit_an_older_scene_are_asked_in_the_original(all_kinds: Path) -> None:
    small.edit(all_kinds, small.CONCERN_FILE, "You stand at the desk", "You sit at the desk")
    small.edit(all_kinds, "scenarios/open-1-a.es.md", "Usted está en la recepción. Un", "Usted se sienta. Un")
    was, scene = scene_of(all_kinds)
    assert scene.drills == was.drills
    assert "Usted se sienta" in scene.html


REFUSED = {
    ("cards/hotel.es.yaml", "title: Un hotel", "venues: [hotel]\ntitle: Un hotel"): (
        'cards/hotel.es.yaml:2: "venues" can\'t be set in a translation. Take it out: the original sets it.'
    ),
    ("cards/hotel.es.yaml", "[El jefe guarda los papeles.]", "[{text: El jefe, signs: [A1]}]"): (
        'cards/hotel.es.yaml:3: "alone" has another form than in the original.'
    ),
    ("statistics/calls.es.yaml", "[De día, De noche]", "[De día]"): (
        'statistics/calls.es.yaml:5: "rows" has another form than in the original.'
    ),
    ("statistics/calls.es.yaml", "unit: l", "source: N2\nunit: l"): 'calls.es.yaml:3: "source" can\'t be set',
    ("requirements/plain.es.yaml", "{authority: la", "{required: true, authority: la"): (
        'plain.es.yaml:4: "course_approval" has another form than in the original.'
    ),
    ("requirements/plain.es.yaml", "title: S", "defaults: {least_minutes: 1}\ntitle: S"): (
        'plain.es.yaml:2: "defaults" can\'t be set in a translation.'
    ),
    ("courses/recognize/shifts/night.es.yaml", "title: U", "scenes: [shift-0]\ntitle: U"): (
        'night.es.yaml:2: "scenes" can\'t be set in a translation.'
    ),
    ("vocabulary.es.yaml", "one-strong: Una", "one-stronger: Una"): (
        'vocabulary.es.yaml:8: "rules" has another form than in the original.'
    ),
    ("vocabulary.es.yaml", "always:", "danger_signs: [A1]\nalways:"): (
        'vocabulary.es.yaml:2: "danger_signs" can\'t be set in a translation.'
    ),
    ("vocabulary.es.yaml", "hint: Como posible trata", "hint: Como posible trata, truth: concern"): (
        'vocabulary.es.yaml:21: "verdicts" has another form than in the original.'
    ),
    ("scenarios/open-1-a.es.md", "why: Se niega.", "why: Se niega., key: false"): (
        'open-1-a.es.md:17: "questions" has another form than in the original.'
    ),
    ("scenarios/open-1-a.es.md", "why: Eso es.", "why: Eso es., sign: A1"): (
        'open-1-a.es.md:22: "questions" has another form than in the original.'
    ),
    ("scenarios/open-1-a.es.md", "      look: {text: Mirar", "      see: {text: Mirar"): (
        'open-1-a.es.md:25: "questions" has another form than in the original.'
    ),
    ("scenarios/open-1-a.es.md", "text: el jefe dice que no", "text: el jefe se niega"): (
        'open-1-a.es.md:22: "el jefe se niega" is not in the scene. Copy it letter for letter.'
    ),
    ("scenarios/open-1-a.es.md", "Usted está en la recepción. U", "# Aviso\n\nUsted está en la recepción. U"): (
        "open-1-a.es.md:35: there is a heading in the scene."
    ),
}


@pytest.mark.parametrize(("edited", "said"), REFUSED.items(), ids=[f"{one[0]} {one[2]}" for one in REFUSED])
def test_what_a_translation_may_not_say_of_each_kind_is_refused(
    all_kinds: Path, edited: tuple[str, str, str], said: str
) -> None:
    if edited[0] == "vocabulary.es.yaml":
        put(all_kinds, "vocabulary.es.yaml", VOCABULARY_ES)
    small.edit(all_kinds, *edited)
    assert any(said in str(one) for one in small.complaints(all_kinds)), small.complaints(all_kinds)


def test_the_check_names_what_is_left_out_and_readers_get_the_original(all_kinds: Path) -> None:
    small.edit(all_kinds, "cards/hotel.es.yaml", "never: [Un acento.]\n", "")
    said = [str(one) for one in small.complaints(all_kinds) if "hotel.es" in one.path]
    assert said == [
        "content/cards/hotel.es.yaml:1: never of the original is left out. "
        "Translate it: until then readers get the words of the original."
    ]
    there = spanish_of(all_kinds)
    assert there.cards["hotel"].never == ["An accent."]
    assert there.standing("cards/hotel.yaml").state is TranslationState.UNTRANSLATED
    said = [str(one) for one in small.complaints(all_kinds) if "indicators.es" in one.path]
    assert "content/indicators.es.yaml:1: papers, A1, C2, C5 of the original are left out." in said[0]
    assert "content/indicators.es.yaml:4: observed of the original is left out." in said[1]


def test_a_card_is_older_once_its_words_change_and_not_with_its_signs(all_kinds: Path) -> None:
    small.edit(all_kinds, "cards/hotel.yaml", "signs: [A1, C5]", "signs: [C5, A1]")
    assert spanish_of(all_kinds).standing("cards/hotel.yaml").state is TranslationState.DRAFT
    small.edit(all_kinds, "cards/hotel.yaml", "An accent.", "Any accent.")
    assert spanish_of(all_kinds).standing("cards/hotel.yaml").state is TranslationState.OLDER
    warned = next(str(one) for one in small.complaints(all_kinds) if "hotel.es" in one.path)
    assert warned.startswith("content/cards/hotel.es.yaml:1: the original is no longer ")


SWAP = "swap: {A man: A woman, his papers: her papers}\n"
SWAP_ES = "swap: {Un hombre: Una mujer}\n"


def test_a_scene_has_its_own_second_telling_in_each_language(all_kinds: Path) -> None:
    small.edit(all_kinds, small.CONCERN_FILE, "title: Room", f"{SWAP}title: Room")
    put_scene(all_kinds, "open-1-a", SCENE_ES.replace("title: C", f"{SWAP_ES}title: C"))
    assert faults(all_kinds) == []
    was, scene = scene_of(all_kinds)
    assert was.other is not None
    assert scene.other is not None
    assert "Una mujer pide sus papeles" in scene.other.html
    assert "Un hombre" in scene.html
    before, after = payload_of(was.other), payload_of(scene.other)
    assert after.is_swapped
    assert scene.other.digest == was.other.digest != was.digest
    assert (after.truth, after.rule) == (before.truth, before.rule)
    assert [(one.id, one.grade) for one in after.actions] == [(one.id, one.grade) for one in before.actions]
    assert scene.drills[0].payload["paragraphs"][0][0][0].startswith("Usted está")


def test_without_one_of_its_own_a_scene_is_told_once_and_is_whole(all_kinds: Path) -> None:
    small.edit(all_kinds, small.CONCERN_FILE, "title: Room", f"{SWAP}title: Room")
    put_scene(all_kinds, "open-1-a", SCENE_ES)
    there = spanish_of(all_kinds)
    assert there.scenarios["open-1-a"].other is None
    assert there.standing(there.scenarios["open-1-a"]).state is TranslationState.DRAFT
    assert faults(all_kinds) == []


@pytest.mark.parametrize(
    ("swap", "said"),
    [
        ("{Una niña: Un niño}", '"Una niña" is not in the scene. Write it as it stands there.'),
        ("{A man: A woman}", '"A man" is not in the scene. Write it as it stands there.'),
        ("{Un hombre: Un hombre}", "nothing is swapped. Name another person."),
        ("[Un hombre, Una mujer]", '"swap" has another form than in the original.'),
    ],
)
def test_a_second_telling_is_held_against_the_words_of_its_language(all_kinds: Path, swap: str, said: str) -> None:
    small.edit(all_kinds, small.CONCERN_FILE, "title: Room", f"{SWAP}title: Room")
    put_scene(all_kinds, "open-1-a", SCENE_ES)
    small.edit(all_kinds, "scenarios/open-1-a.es.md", "title: C", f"swap: {swap}\ntitle: C")
    assert f"content/scenarios/open-1-a.es.md:3: {said}" in small.only(all_kinds)


def test_a_scene_that_is_told_once_has_no_second_telling_in_another_language(all_kinds: Path) -> None:
    small.edit(all_kinds, "scenarios/open-1-a.es.md", "title: C", f"{SWAP_ES}title: C")
    assert small.only(all_kinds) == (
        'content/scenarios/open-1-a.es.md:3: the original has no second telling. Take "swap" out.'
    )


ITEMS = """\
items:
  - id: who-calls
    passage: Ben wants to go home. The boss holds the tickets.
    type: marks
    phrases:
      - {text: wants to go home, why: Anyone may.}
      - {text: The boss holds, why: It may matter., sign: C1}
      - {text: the tickets, why: Paper.}
  - id: what-now
    type: single
    ask: What do you do?
    options:
      - {id: write, text: Write it down, why: It keeps the facts., key: true}
      - {id: follow, text: Follow the car, why: It puts people in danger.}
"""
ITEMS_ES = """\
items:
  who-calls:
    passage: Ben quiere irse a casa. El jefe guarda los boletos.
    phrases:
      - {text: quiere irse a casa, why: Cualquiera puede.}
      - {text: El jefe guarda, why: Puede importar.}
      - {text: los boletos, why: Papel.}
  what-now:
    ask: ¿Qué hace usted?
    options:
      write: {text: Anotarlo, why: Guarda los hechos.}
      follow: {text: Seguir el auto, why: Pone en peligro.}
"""
PLACES = "::: item who-calls\n:::\n\n::: item what-now\n:::\n\n::: recap"
LESSON_ES_FILE = "courses/recognize/01-basics/01-first.es.md"


@pytest.fixture
def asking(spanish: Path) -> Path:
    """The tiny folder with a lesson that asks two questions, in Spanish too."""
    small.edit(spanish, small.LESSON_FILE, "sources: [S1, N2]\n", f"sources: [S1, N2]\n{ITEMS}")
    small.edit(spanish, small.LESSON_FILE, "::: recap", PLACES)
    put(spanish, LESSON_ES_FILE, LESSON.replace("::: recap", PLACES).replace("objectives:", f"{ITEMS_ES}objectives:"))
    return spanish


SPOT = """\
items:
  - id: yard
    type: spot
    picture: yard
    shows: A yard.
    regions:
      - {id: hut, text: A guard sits there, why: Guards do.}
      - {id: desk, text: A man holds cards, why: They are not his., sign: C1}
      - {id: bus, text: A bus waits, why: Buses do.}
      - {id: gate, text: A gate is open, why: Gates are.}
"""
SPOT_ES = """\
items:
  yard:
    shows: Un patio.
    regions:
      hut: {text: Un guardia está sentado, why: Así es.}
      desk: {text: Un hombre tiene unas tarjetas, why: No son suyas.}
      bus: {text: Un autobús espera, why: Así es.}
      gate: {text: Hay una puerta abierta, why: Así es.}
"""


def test_a_picture_is_told_in_other_words_and_stays(asking: Path) -> None:
    for name, text in samples()[0].files.items():
        small.put(asking, name, text)
    small.edit(asking, small.LESSON_FILE, "items:\n", SPOT)
    small.edit(asking, small.LESSON_FILE, "::: recap", "::: item yard\n:::\n\n::: recap")
    text = (asking / LESSON_ES_FILE).read_text(encoding="utf-8")
    text = text.replace("items:\n", SPOT_ES).replace("::: recap", "::: item yard\n:::\n\n::: recap")
    put(asking, LESSON_ES_FILE, re.sub(r"of: \w+\n", "of: {of}\n", text))
    assert faults(asking) == []
    here, there = both(asking)
    was, told = (one.courses["recognize"].lessons[0].questions[-1] for one in (here, there))
    assert (was.id, was.digest) == (told.id, told.digest)
    assert told.payload["picture"] == was.payload["picture"]
    assert (was.payload["shows"], told.payload["shows"]) == ("A yard.", "Un patio.")
    assert [(one["id"], one["text"], one["sign"], one["left"]) for one in told.payload["options"]][-1] == (
        "desk",
        "Un hombre tiene unas tarjetas",
        "C1",
        80,
    )


BRANCHING = """\
items:
  - id: late
    type: branching
    steps:
      - id: stop
        text: A girl waits.
        choices:
          - {id: wait, text: Wait for her, to: told, grade: best, why: It costs nothing.}
          - {id: drive, text: Drive on, to: inside, grade: wrong-route, why: You can wait.}
      - id: inside
        text: You drive.
        ask: What now?
        choices:
          - {id: leave, text: Drive home and forget it, to: dark, grade: wrong-route, why: She is there.}
          - {id: call, text: Call dispatch, to: told, grade: best, why: It is not too late.}
    ends:
      - {id: told, title: Someone knows, text: They look for her.}
      - {id: dark, title: Nobody knows, text: It is dark.}
"""
BRANCHING_ES = """\
items:
  late:
    steps:
      stop:
        text: Una muchacha espera.
        choices:
          wait: {text: Esperar, why: No cuesta nada.}
          drive: {text: Seguir, why: Puede esperar.}
      inside:
        text: Usted conduce.
        ask: ¿Y ahora?
        choices:
          leave: {text: Irse a casa y olvidarlo, why: Ella está allí.}
          call: {text: Llamar, why: No es tarde.}
    ends:
      told: {title: Alguien lo sabe, text: La buscan.}
      dark: {title: Nadie lo sabe, text: Está oscuro.}
"""


def test_a_branching_scene_is_told_in_other_words_and_leads_where_it_did(asking: Path) -> None:
    small.edit(asking, small.LESSON_FILE, "items:\n", BRANCHING)
    small.edit(asking, small.LESSON_FILE, "::: recap", "::: item late\n:::\n\n::: recap")
    text = (asking / LESSON_ES_FILE).read_text(encoding="utf-8")
    text = text.replace("items:\n", BRANCHING_ES).replace("::: recap", "::: item late\n:::\n\n::: recap")
    put(asking, LESSON_ES_FILE, re.sub(r"of: \w+\n", "of: {of}\n", text))
    assert faults(asking) == []
    was, told = (one.courses["recognize"].lessons[0].questions[-1] for one in both(asking))
    assert (was.id, was.digest) == (told.id, told.digest)
    (step, later), ends = told.payload["steps"], told.payload["ends"]
    assert (step["text"], step["ask"], later["ask"]) == ("Una muchacha espera.", None, "¿Y ahora?")
    assert step["choices"][1] == {
        "id": "drive",
        "text": "Seguir",
        "to": "inside",
        "grade": "wrong-route",
        "why": "Puede esperar.",
    }
    assert ends[0] == {"id": "told", "title": "Alguien lo sabe", "text": "La buscan."}


MATCH_AND_NOTE = """\
items:
  - id: heard-or-seen
    type: match
    ask: What shows it?
    choices: [{id: saw, text: A camera}, {id: heard, text: A recorder}]
    rows:
      - {id: desk, text: He stands there, match: saw, why: Seen.}
      - {id: answer, text: He says no, match: heard, why: Heard.}
      - {id: papers, text: He asks, match: heard, why: Heard too.}
  - id: mine
    passage: Ben asks, and the boss says no.
    type: note
    ask: Write it down.
    model: [{part: Saw, text: Two men}, {part: Heard, text: He said no}]
    checks:
      - {id: time, text: It has the time, why: It helps.}
      - {id: words, text: It has the words, why: They count.}
      - {id: facts, text: It has facts, why: They last.}
"""
MATCH_AND_NOTE_ES = """\
items:
  heard-or-seen:
    ask: ¿Qué lo muestra?
    choices: {saw: Una cámara, heard: Una grabadora}
    rows:
      desk: {text: Está ahí, why: Se ve.}
      answer: {text: Dice que no, why: Se oye.}
      papers: {text: Pregunta, why: También se oye.}
  mine:
    passage: Ben pregunta, y el jefe dice que no.
    ask: Anótelo.
    model: [{part: Vi, text: Dos hombres}, {part: Oí, text: Dijo que no}]
    checks:
      time: {text: Tiene la hora, why: Ayuda.}
      words: {text: Tiene las palabras, why: Cuentan.}
      facts: {text: Tiene hechos, why: Duran.}
"""


def test_a_match_and_a_note_are_told_in_other_words_and_stay(asking: Path) -> None:
    places = "::: item heard-or-seen\n:::\n\n::: item mine\n:::\n\n::: recap"
    small.edit(asking, small.LESSON_FILE, "items:\n", MATCH_AND_NOTE)
    small.edit(asking, small.LESSON_FILE, "::: recap", places)
    text = (asking / LESSON_ES_FILE).read_text(encoding="utf-8")
    text = text.replace("items:\n", MATCH_AND_NOTE_ES).replace("::: recap", places)
    put(asking, LESSON_ES_FILE, re.sub(r"of: \w+\n", "of: {of}\n", text))
    assert faults(asking) == []
    here, there = both(asking)
    was, told = (one.courses["recognize"].lessons[0].questions[-2:] for one in (here, there))
    assert [(one.id, one.digest) for one in was] == [(one.id, one.digest) for one in told]
    match, note = (one.payload for one in told)
    assert [one["text"] for one in match["choices"]] == ["Una cámara", "Una grabadora"]
    assert next((one["text"], one["match"]) for one in match["rows"]) == ("Está ahí", "saw")
    assert [(one["part"], one["text"]) for one in note["model"]] == [("Vi", "Dos hombres"), ("Oí", "Dijo que no")]
    assert next((one["id"], one["text"]) for one in note["checks"]) == ("time", "Tiene la hora")


def test_questions_of_a_lesson_are_told_and_keep_ids_keys_and_digests(asking: Path) -> None:
    assert faults(asking) == []
    here, there = both(asking)
    was, lesson = (one.courses["recognize"].lessons[0] for one in (here, there))
    assert [(one.id, one.type, one.digest) for one in lesson.questions] == [
        (one.id, one.type, one.digest) for one in was.questions
    ]
    marks, choice = (one.payload for one in lesson.questions)
    assert marks["scenario"] == was.questions[0].payload["scenario"]
    assert [one["sign"] for one in marks["options"]] == [None, "C1", None]
    assert marks["paragraphs"][0][2:4] == [[". ", None], ["El jefe guarda", "p2"]]
    assert choice["ask"] == "¿Qué hace usted?"
    assert [(one["id"], one["key"], one["text"]) for one in choice["options"]] == [
        ("write", True, "Anotarlo"),
        ("follow", False, "Seguir el auto"),
    ]
    assert there.standing(lesson).state is TranslationState.DRAFT
    for one in lesson.questions:
        read_further(one.payload)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("text: El jefe guarda", "text: El patrón guarda", '10: "El patrón guarda" is not in the passage.'),
        ("why: Papel.", "why: Papel., sign: A1", '11: "items" has another form than in the original.'),
        ("why: Pone en peligro.", "why: Pone en peligro., key: true", '16: "items" has another form than'),
        ("  what-now:", "  what-then:", '12: "items" has another form than in the original.'),
        ("passage: Ben quiere", 'passage: "[Ben](page:help) quiere', "7: the passage is more than plain paragraphs."),
    ],
)
def test_what_questions_of_a_lesson_may_not_say_in_another_language(
    asking: Path, old: str, new: str, said: str
) -> None:
    text = (asking / LESSON_ES_FILE).read_text(encoding="utf-8").replace(old, new)
    small.put(
        asking, LESSON_ES_FILE, text.replace("guarda los boletos.\n", 'guarda los boletos."\n') if '"' in new else text
    )
    found = [str(one) for one in small.complaints(asking)]
    assert any(f"{LESSON_ES_FILE}:{said}" in one for one in found), found


def test_questions_of_a_lesson_that_are_not_told_or_no_longer_fit_are_asked_in_the_original(asking: Path) -> None:
    small.edit(asking, small.LESSON_FILE, "What a signal is.", "What signals are.")
    small.edit(asking, LESSON_ES_FILE, "text: El jefe guarda", "text: El patrón guarda")
    here, there = both(asking)
    was, lesson = (one.courses["recognize"].lessons[0] for one in (here, there))
    assert lesson.questions[0] is was.questions[0]
    assert lesson.questions[1].payload["ask"] == "¿Qué hace usted?"
    put(asking, LESSON_ES_FILE, LESSON.replace("::: recap", PLACES))
    there = spanish_of(asking)
    lesson = there.courses["recognize"].lessons[0]
    assert lesson.questions == was.questions
    assert there.standing(lesson).state is TranslationState.UNTRANSLATED

"""Content with a second language, made from the small one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.content import small
from trainer.content.library import Content

LESSON = """\
---
of: {of}
title: Primera lección
summary: Qué es una señal.
objectives: [Distinguir una señal de un caso]
---
::: ask
¿Cuántas personas son una señal?
:::

En 2023 la línea contó 1,042 [señales](glossary:signal).[^S1] Una persona la llamó para rescue.

::: choose ¿Qué haría usted?
- [x] Anotarlo => separa los hechos.
- [ ] Seguir el auto => pone a la gente en peligro.
:::

::: recap
- Una señal es un contacto.
:::
"""
PAGE = "---\nof: {of}\ntitle: Privacidad\nsummary: Lo que se guarda.\n---\nGuardamos poco. Vea la [ayuda](page:help).\n"
TERMS = """\
of: {of}
signal:
  term: Señal
  meaning: Un contacto con la línea.
  also: [señales]
case:
  term: Caso
  meaning: Lo que la línea hace de ellas.
"""
MODULE = "of: {of}\ntitle: Lo básico\nobjectives: [Saber qué cuenta]\n"
FILES = {
    "courses/recognize/01-basics/01-first.es.md": LESSON,
    "courses/recognize/01-basics/module.es.yaml": MODULE,
    "courses/recognize/course.es.yaml": "of: {of}\ntitle: Para todos\nsummary: Un curso corto.\naudience: Todas\n"
    "final: {note: Nada explícito.}\n",
    "pages/privacy.es.md": PAGE,
    "glossary.es.yaml": TERMS,
    "help/us.es.yaml": "of: {of}\nhotline:\n  name: Línea nacional\n  for_whom: Todas las personas\n",
    "indicators.es.yaml": "of: {of}\nfreedom:\n  name: Libertad\nC1:\n  name: Documentos retenidos\n"
    "  look_alikes: [Guardados a petición]\n",
}


def faults(folder: Path) -> list[str]:
    """What is wrong with translations, but for what they leave out."""
    return [str(one) for one in small.complaints(folder) if ".es." in one.path and "left out" not in one.what]


MADE_ON = dt.date(2026, 11, 30)


def put(folder: Path, name: str, text: str) -> None:
    """Write a translation of the original as it is now: the check says its digest."""
    if "translated_on:" not in text:  # last in the head, so that its lines stay where they are
        made_on = f"translated_on: {MADE_ON}\n"
        text = text.replace("\n---\n", f"\n{made_on}---\n", 1) if text.startswith("---\n") else f"{text}{made_on}"
    small.put(folder, name, text.replace("of: {of}\n", ""))
    missing = next(str(one) for one in small.complaints(folder) if '"of" is missing' in str(one))
    small.put(folder, name, text.replace("{of}", missing.split('"of: ')[1].split('"')[0]))


@pytest.fixture
def spanish(folder: Path) -> Path:
    """The tiny folder, some of it in Spanish."""
    small.edit(folder, "site.yaml", "languages: [en]", "languages: [en, es]")
    for name, text in FILES.items():
        put(folder, name, text)
    return folder


def spanish_of(folder: Path) -> Content:
    return small.read(folder).translations["es"]


def sign(folder: Path, name: str, signature: str) -> None:
    """Sign a translation with `{digest}` that of its words: the check says it."""
    unsigned = "checked: {by: Someone, on: 2026-12-01, digest: none}"
    small.edit(folder, name, "\ntitle: ", f"\n{unsigned}\ntitle: ")
    said = next(str(one) for one in small.complaints(folder) if "those that were checked" in str(one))
    digest = said.split('"digest: ')[1].split('"')[0]
    small.edit(folder, name, unsigned, f"checked: {signature.format(digest=digest)}")


SCENE = """\
---
of: {of}
title: Cuarto 214
setting: Motel, de noche
differs: El jefe guarda los papeles.
signs:
  C1: El jefe guarda los papeles
ordinary: [Un cuarto por unas noches]
note: Nada explícito.
verdicts:
  report-now: Sobre avisar.
  note-and-watch: Sobre notas.
  nothing-to-report: Sobre nada.
actions:
  report: {text: Llamar a la línea, why: Para eso está.}
  notes: {text: Seguir con las notas de siempre, why: Bastan.}
  ask: {text: Preguntar al hombre qué hace, why: Pone a la gente en peligro.}
  wait: {text: Esperar una semana, why: Puede ser tarde.}
---
Usted está en la recepción. Un hombre pide sus papeles, y el jefe dice que no.
"""


def put_scene(folder: Path, name: str, text: str = SCENE) -> None:
    put(folder, f"scenarios/{name}.es.md", text)


CARD = """\
title: Hotel
venues: [hotel]
alone: [{text: The boss keeps the papers., signs: [C1]}]
together: [{text: Never alone and paid too little., signs: [A1, C5]}]
never: [An accent.]
do: ["Danger now: 911."]
dont: [Don't follow anyone.]
"""
QUESTIONS = """\
  - type: single
    ask: What decides it?
    options:
      - {id: boss, text: What the boss says, why: He refuses., key: true}
      - {id: desk, text: Where you stand, why: Anyone may stand there.}
  - type: marks
    phrases:
      - {text: You stand at the desk, why: Ordinary.}
      - {text: A man asks for his papers, why: He may.}
      - {text: the boss says no, why: That is it., sign: C1}
  - type: order
    ask: What comes first?
    steps:
      - {id: look, text: Look, why: You are there.}
      - {id: write, text: Write it down, why: Words fade.}
      - {id: call, text: Call, why: They know.}
"""
CARD_ES = """\
of: {of}
title: Un hotel
alone: [El jefe guarda los papeles.]
together: [Nunca solo y mal pagado.]
never: [Un acento.]
do: ["Peligro ahora: 911."]
dont: [No siga a nadie.]
"""
SHIFT_ES = """\
of: {of}
title: Una noche
intro: Usted está de turno.
handover:
  ask: Llega el turno de día.
  model: Un hombre pidió sus papeles.
  points: {papers: Los papeles, door: La puerta}
"""
VOCABULARY_ES = """\
of: {of}
always: 24 horas, todos los días
needs: {danger: Peligro ahora, trafficking: Trata}
routes: {none: A ninguna parte, "911": Emergencia, hotline: La línea}
doors: {"911": Emergencia, hotline: La línea, site: Supervisor, ask: Preguntar, note: Nota, none: Nadie}
rules:
  danger-now: Llame.
  one-strong: Una señal fuerte basta.
  two-medium: Dos medianas.
  one-medium: Una mediana.
  weak-only: Señales débiles.
  no-sign: Ninguna.
ladder:
  - {seen: Peligro, do: Llame}
  - {seen: Una fuerte, do: Avise hoy}
  - {seen: Dos medianas, do: Anote y avise}
  - {seen: Una mediana, do: Anote}
  - {seen: Débiles, do: No avise}
  - {seen: Antes de avisar, do: Pregúntese}
verdicts:
  report-now: {name: Avisar ahora, hint: Como posible trata}
  note-and-watch: {name: Anotar, hint: Todavía no basta}
  nothing-to-report: {name: No es trata, hint: Puede ser otra cosa}
disclaimers:
  advice: no es consejo legal
  card: Ayuda, no consejo.
  kind: Capacitación; no licencia
  approval: no aprobada
  records: Es capacitación.
  firms: Es capacitación.
  reviewers: Nadie la revisó.
  reviewed: Sin revisar.
sentences:
  front: Parece un día normal.
  firms: Su gente aprende.
  certificate: un curso sobre señales de trata
  no_concern_twin: Entonces no hay que avisar.
  harm: no confronte ni siga
  observation: Primero llame.
  rare: Si 1 de 1,000 fuera trata
"""
INDICATORS_ES = """\
of: {of}
freedom: {name: Libertad}
papers: {name: Papeles}
A1: {name: Nunca solo, observed: Siempre hay alguien., look_alikes: [Una familia de viaje]}
C1: {name: Documentos retenidos, observed: El jefe guarda los papeles., look_alikes: [Guardados a petición]}
C2:
  {name: Sin documentos, observed: No los trae., look_alikes: [Olvidados en casa], told: Se dice., misleads: Es común.}
C5: {name: Poca paga, observed: Menos de lo dicho., look_alikes: [Un reclamo de paga]}
"""
QUESTIONS_ES = """\
questions:
  - ask: ¿Qué lo decide?
    options:
      boss: {text: Lo que dice el jefe, why: Se niega.}
      desk: {text: Dónde está usted, why: Cualquiera puede.}
  - phrases:
      - {text: Usted está en la recepción, why: Normal.}
      - {text: Un hombre pide sus papeles, why: Puede.}
      - {text: el jefe dice que no, why: Eso es.}
  - ask: ¿Qué va primero?
    steps:
      look: {text: Mirar, why: Usted está ahí.}
      write: {text: Anotarlo, why: Se olvida.}
      call: {text: Llamar, why: Saben.}
"""
SCENE_ES = SCENE.replace("actions:", f"{QUESTIONS_ES}actions:")

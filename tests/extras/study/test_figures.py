"""A made-up trial by commands, its export and its figures; `analysis.R` finds the same."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import NormalDist
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, appoint, make_account, sign_in_as
from tests.extras.study.cast import BEGINS, Studied, close_it, make_trial
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.feature import list_features
from trainer.extras.study.export import CODEBOOK
from trainer.extras.study.figures import Counts, StudyFigures, count_figures
from trainer.extras.study.models import Trial, TrialPerson
from trainer.extras.study.privacy import KEPT, forget_people
from trainer.extras.study.rules import Arm
from trainer.extras.study.views.administration import SCRIPT
from trainer.privacy.erasing import ask_erasure, erase
from trainer.privacy.rules import COOLING

Row = dict[str, str]


def run(app: Flask, *command: str) -> str:
    done = app.test_cli_runner().invoke(args=["study", *command])
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def make_up(app: Flask, people: int) -> str:
    """Run a made-up trial; return its id."""
    told = run(app, "made-up", "--people", str(people))
    return told.partition("trial ")[2][:36]


def export(app: Flask, trial: str | UUID) -> list[Row]:
    return list(csv.DictReader(io.StringIO(run(app, "export", str(trial)).removeprefix("\ufeff"))))


def figures_of(app: Flask, trial: str | UUID) -> StudyFigures:
    with app.app_context():
        figures = count_figures(db.session.get_one(Trial, UUID(str(trial))))
    assert figures is not None
    return figures


def rate(rows: list[Row], arm: str, occasion: int, truth: str) -> float:
    meant = [row for row in rows if (row["arm"], row["occasion"], row["truth"]) == (arm, str(occasion), truth)]
    return (sum(row["verdict"] == "report-now" for row in meant) + 0.5) / (len(meant) + 1)


def twice(value: Mapping[tuple[str, int], float]) -> float:
    """A difference of differences."""
    return value["now", 2] - value["now", 1] - value["later", 2] + value["later", 1]


def test_a_made_up_trial_runs_by_commands_and_its_export_holds_its_figures(rich_app: Flask) -> None:
    trial = make_up(rich_app, 24)
    assert "closed, made up  24 agreed" in run(rich_app, "list")
    assert "MADE UP" in run(rich_app, "protocol", trial)
    rows, figures = export(rich_app, trial), figures_of(rich_app, trial)
    groups = [(arm, occasion) for arm in ("now", "later") for occasion in (1, 2)]
    z = NormalDist().inv_cdf
    hits = {group: rate(rows, *group, "concern") for group in groups}
    false_alarms = {group: rate(rows, *group, "no_concern") for group in groups}
    sensitivity = {group: z(hits[group]) - z(false_alarms[group]) for group in groups}
    for arm, occasion in groups:
        assert figures.counts[Arm(arm), occasion].sensitivity == pytest.approx(sensitivity[arm, occasion])
        people = {row["person"] for row in rows if (row["arm"], row["occasion"]) == (arm, str(occasion))}
        assert figures.counts[Arm(arm), occasion].people == len(people)
    assert figures.sensitivity.value == pytest.approx(twice(sensitivity))
    assert figures.false_alarms.value == pytest.approx(twice(false_alarms))
    assert figures.hits.value == pytest.approx(twice(hits))
    assert sum(lost.agreed for lost in figures.attrition.values()) == 24


def test_an_export_has_what_the_codebook_says_and_nothing_that_names_anyone(rich_app: Flask) -> None:
    trial = make_up(rich_app, 10)
    one, two = export(rich_app, trial), export(rich_app, trial)
    assert list(one[0]) == list(CODEBOOK) == list(json.loads(run(rich_app, "codebook")))
    assert not {row["person"] for row in one} & {row["person"] for row in two}
    assert not {row["site"] for row in one} & {row["site"] for row in two}
    with rich_app.app_context():
        ids = {str(user) for user in db.session.scalars(select(TrialPerson.user_id))}
    text = json.dumps(one)
    assert not [user for user in ids if user in text or user.replace("-", "") in text]
    assert "study.example" not in text
    forms = defaultdict(set)
    for row in one:
        forms[row["person"], row["pair"]].add((row["occasion"], row["form"], row["truth"]))
        assert float(row["seconds"]) > 0
    assert all(len({truth for _at, _form, truth in told}) == len(told) for told in forms.values())


@pytest.fixture
def studied(rich_app: Flask) -> Studied:
    with time_machine.travel(BEGINS):
        studied = make_trial(rich_app, guards=5)
        for guard in range(4):
            studied.judge_first(guard, wrong=guard)
    return studied


def test_only_answers_of_people_who_agreed_and_stayed_are_exported_after_closing(studied: Studied) -> None:
    app = studied.app
    with time_machine.travel("2026-11-24T15:00:00Z"):
        studied.judge_alone(4)
        refused = app.test_cli_runner().invoke(args=["study", "export", str(studied.trial)])
        assert "once it is closed" in refused.output
        studied.enter(0).post(f"/studies/{studied.trial}/withdrawal")
        close_it(studied)
        assert len({row["person"] for row in export(app, studied.trial)}) == 3
        with app.app_context(), transaction():
            ask_erasure(studied.guards[1], clock.now() - COOLING)
            erase(studied.guards[1], clock.now())
        assert len({row["person"] for row in export(app, studied.trial)}) == 2


def test_administrators_see_all_studies_and_nobody_else_does(studied: Studied) -> None:
    ada = make_account(studied.app, "ada@example.org")
    with time_machine.travel(BEGINS):
        add_second_factor(studied.app, ada)
        appoint(studied.app, ada)
        close_it(studied)
        visitor, base = sign_in_as(studied.app, ada), "/administration/studies"
        assert "Acme Security" in visitor.get(base).text
        assert "Answers (CSV)" in visitor.get(f"{base}/{studied.trial}").text
        assert visitor.get(f"{base}/{studied.trial}/answers.csv").text.startswith("\ufeffperson,site,arm")
        assert visitor.get(f"{base}/codebook.json").json == CODEBOOK
        assert visitor.get(f"{base}/analysis.R").data == SCRIPT.read_bytes()
        for rest in ("", f"/{studied.trial}", f"/{studied.trial}/answers.csv"):
            assert studied.own().get(base + rest).status_code == 404


def test_a_firm_sees_figures_from_thirty_people_in_each_group_on(rich_app: Flask) -> None:
    figures = figures_of(rich_app, make_up(rich_app, 10))
    assert figures.is_shown is None

    def counts(people: int) -> Counts:
        counted = Counts()
        for person in range(people):
            counted.add(person, "pair", is_concern=True, is_report=True)
        return counted

    enough = dict.fromkeys(figures.counts, counts(30))
    assert StudyFigures(enough, figures.attrition, figures.hits, figures.hits, figures.hits).is_shown is not None
    few = enough | {(Arm.LATER, 2): counts(29)}
    assert StudyFigures(few, figures.attrition, figures.hits, figures.hits, figures.hits).is_shown is None


def test_who_took_part_is_forgotten_after_three_years(studied: Studied) -> None:
    with time_machine.travel(BEGINS), studied.app.app_context():
        agreed_at = max(db.session.scalars(select(TrialPerson.agreed_at)))
        with transaction():
            forget_people(agreed_at + KEPT)
        assert db.session.scalars(select(TrialPerson)).first() is not None
        with transaction():
            forget_people(agreed_at + 2 * KEPT)
        assert db.session.scalars(select(TrialPerson)).first() is None


def test_a_copy_of_ones_data_says_the_group(studied: Studied) -> None:
    feature = next(feature for feature in list_features(studied.app) if feature.name == "study")
    assert feature.export_person is not None
    with studied.app.app_context():
        (told,) = feature.export_person(studied.guards[0])["studies"]
    assert set(told) == {"agreed_at", "arm", "withdrew_at", "mailed_at"}


@pytest.mark.nightly
@pytest.mark.parametrize(("people", "sites"), [(20, 1), (130, 7)])
def test_the_script_finds_the_same_figures(rich_app: Flask, tmp_path: Path, people: int, sites: int) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("figures of a trial in R: install r-base-core")
    trial = make_up(rich_app, people)
    assert len({row["site"] for row in export(rich_app, trial)}) == sites
    (tmp_path / "answers.csv").write_text(run(rich_app, "export", trial), encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", str(SCRIPT), "answers.csv"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    told = {name: float(value) for name, value in (line.split(",") for line in done.stdout.splitlines())}
    figures = figures_of(rich_app, trial)
    for (arm, occasion), counted in figures.counts.items():
        label, reports = f"{arm}_{occasion}", counted.reports
        same = [counted.people, reports.hits, reports.concerns, reports.false_alarms, reports.innocents]
        names = ["people", "hits", "concerns", "false_alarms", "innocents"]
        assert [told[f"{label}_{name}"] for name in names] == same
        assert told[f"{label}_sensitivity"] == pytest.approx(counted.sensitivity, abs=1e-8)
    for name in ("sensitivity", "false_alarms", "hits"):
        effect = getattr(figures, name)
        by_script = [told[f"effect_{name}"], told[f"effect_{name}_low"], told[f"effect_{name}_high"]]
        assert by_script == pytest.approx([effect.value, *effect.interval()], abs=1e-6)

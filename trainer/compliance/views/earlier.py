"""Trainings that people took elsewhere: recorded by hand or from a list, approved by a second person, or declined."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Flask, flash, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf.file import FileField
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from trainer.assignments import earlier
from trainer.assignments.earlier import Proof, ProofRefused, TrainingFacts
from trainer.assignments.earlier_queries import (
    find_line,
    get_proof,
    has_second,
    is_counted,
    list_waiting,
    may_approve,
)
from trainer.compliance.earlier_list import EXAMPLE, EarlierOutcome, EarlierPlan, decide, read_hours
from trainer.compliance.forms import EndTrainingForm, ProofForm, TrainingForm, TrainingListForm, TrainingPlanForm
from trainer.core.clock import now, read_instant
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.queries import get_person
from trainer.organizations.rules import May
from trainer.organizations.uploads import allow_large, most_bytes_at
from trainer.roster.reading import read_file, read_list
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.forms import Form
from trainer.web.limits import count, key_of, limit_acts, seconds_left, wait
from trainer.web.redirects import go

blueprint = Blueprint(
    "earlier",
    __name__,
    template_folder="../templates",
    url_prefix="/organizations/<uuid:organization_id>/earlier-training",
)

MOST_FILES: Final = 120
"""Proof files that an account may send in an hour."""
_ADDRESS: Final = re.compile(r"/organizations/[0-9a-f-]{36}/earlier-training/.+")
_WITH_FILE: Final = ("earlier.record", "earlier.attach", "earlier.send", "earlier.confirm")


@blueprint.url_value_preprocessor
def take_large(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take larger requests here from the firm's staff; this runs before anything reads the form."""
    allow_large(_WITH_FILE, May.CHANGE_PEOPLE, (values or {})["organization_id"])


def most_bytes(app: Flask, environ: dict[str, Any]) -> int:
    """Return how many bytes of a request are taken in before the app sees it: more for a file sent with a session."""
    return most_bytes_at(_ADDRESS, app, environ)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say that a file is too large, rather than that what was typed is too long."""
    return error_response(413, _("A file can be at most 3 MB. Scan it at a lower resolution, or send it in parts."))


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def waiting(actor: Actor) -> str:
    """List the trainings that wait for approval: all, or those that this person may approve."""
    return _waiting_page(actor)


@blueprint.post("/approvals")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def approve(actor: Actor) -> Response | tuple[str, int]:
    """Approve the trainings that were chosen."""
    chosen = request.form.getlist("training", type=UUID)
    if not chosen:
        return _waiting_page(actor, _("Check the records you want to approve.")), 422
    try:
        with transaction():
            count = earlier.approve_trainings(actor, chosen, now(), _seen_at())
    except Conflict as error:
        return _waiting_page(actor, error.message), 409
    flash(
        ngettext(
            "Approved. It counts where a requirement says so.",
            "%(num)s approved. They count where a requirement says so.",
            count,
        )
    )
    return go(url_for(".waiting", organization_id=actor.organization_id))


@blueprint.route("/people/<uuid:membership_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
@limit_acts("300 per hour", methods=["POST"])
def record(actor: Actor, membership_id: UUID) -> Response | str | tuple[str, int]:
    """Record a training of one person."""
    person, form = get_person(actor, membership_id), TrainingForm()
    if form.validate_on_submit():
        assert form.completed_on.data is not None
        facts = TrainingFacts(
            " ".join(str(form.title.data).split()),
            " ".join(str(form.issuer.data).split()),
            form.completed_on.data,
            read_hours(str(form.hours.data)) or 0,
            form.note.data or None,
        )
        with form.refusing("completed_on"):
            proof = _proof(form.file)
            with transaction():
                _count_file(proof)
                earlier.record_training(actor, membership_id, facts, proof, now())
            flash(_("Recorded. It doesn’t count until a second person approves it."))
            return go(_person_page(actor, membership_id))
    page = render_template(
        "compliance/earlier_record.html", actor=actor, person=person, form=form, has_second=has_second(actor)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/<uuid:training_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def training(actor: Actor, training_id: UUID) -> str:
    """Show one training that was recorded, and what can be done about it."""
    return _training_page(actor, training_id)


@blueprint.post("/<uuid:training_id>/end")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def end(actor: Actor, training_id: UUID) -> Response | tuple[str, int]:
    """Decline a training that waits, or withdraw one that was approved."""
    form, line = EndTrainingForm(), find_line(actor, training_id)
    if not form.validate_on_submit():
        return _training_page(actor, training_id, end_form=form), 422
    is_approved = line.training.approved_at is not None
    try:
        with transaction():
            act = earlier.withdraw_training if is_approved else earlier.decline_training
            act(actor, training_id, str(form.reason.data), now())
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Withdrawn. It no longer counts.") if is_approved else _("Declined."))
    return _to(actor, training_id)


@blueprint.post("/<uuid:training_id>/undo")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def undo(actor: Actor, training_id: UUID) -> Response:
    """Delete what this person recorded before anyone approved it: one training, or the list that it was in."""
    line = find_line(actor, training_id)
    person_id, is_listed = line.person.id, line.training.batch_id is not None
    try:
        with transaction():
            count = earlier.undo_training(actor, training_id, now())
    except Conflict as error:
        flash(error.message)
        return _to(actor, training_id)
    flash(ngettext("Deleted, as if it had never been recorded.", "%(num)s deleted, as if never recorded.", count))
    if is_listed:
        return go(url_for(".waiting", organization_id=actor.organization_id))
    return go(_person_page(actor, person_id))


@blueprint.get("/<uuid:training_id>/proof")
@access(Who.ACCOUNT, own=True)
@acting(May.SEE_TRAINING)
def proof(actor: Actor, training_id: UUID) -> Response:
    """Give the proof file, always as a download."""
    name, kind, content = get_proof(actor, training_id)
    answer = send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<uuid:training_id>/proof")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
@limit_acts("300 per hour", methods=["POST"])
def attach(actor: Actor, training_id: UUID) -> Response | tuple[str, int]:
    """Add a proof file to a training that has none, or put another one in place of the one that was shown."""
    form, replaced_id = ProofForm(), request.form.get("replaces", type=UUID)
    find_line(actor, training_id)
    if form.validate_on_submit():
        try:
            sent = _proof(form.file)
            assert sent is not None  # the form asks for it
            with transaction():
                _count_file(sent)
                if replaced_id is None:
                    earlier.attach_proof(actor, training_id, sent, now())
                    said = _("The proof file was added.")
                else:
                    count = earlier.replace_proof(actor, training_id, sent, replaced_id, now())
                    said = ngettext(
                        "The proof file was replaced.", "The proof file of %(num)s records was replaced.", count
                    )
        except ProofRefused as error:
            form.file.errors = [error.message]
        except Conflict as error:
            flash(error.message)
            return _to(actor, training_id)
        else:
            flash(said)
            return _to(actor, training_id)
    return _training_page(actor, training_id, proof_form=form), 422


@blueprint.route("/list", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.CHANGE_PEOPLE)
@limit_acts("60 per hour", methods=["POST"])
def send(actor: Actor) -> Response | str | tuple[str, int]:
    """Take a list of trainings, and show what each row would do."""
    form = TrainingListForm()
    if form.validate_on_submit():
        data = form.list_file.data
        with form.refusing("list_file" if data else "text"):
            listing = read_file(data.read()) if data else read_list(str(form.text.data))
            plan = decide(actor, listing, actor.today(now()))
            return _plan_page(actor, plan, TrainingPlanForm(formdata=None))
    page = render_template(
        "compliance/earlier_list.html", actor=actor, form=form, example=EXAMPLE, has_second=has_second(actor)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/list/confirmation")
@access(Who.ACCOUNT, own=True, is_long=True)
@acting(May.CHANGE_PEOPLE)
@limit_acts("60 per hour")
def confirm(actor: Actor) -> Response | str | tuple[str, int]:
    """Record all of a list that was shown, or nothing."""
    form = TrainingPlanForm()
    plan = decide(actor, read_list(str(form.text.data or "")), actor.today(now()))
    if not form.validate_on_submit() or plan.of(EarlierOutcome.PROBLEM) or not plan.rows:
        return _plan_page(actor, plan, form), 422
    try:
        proof = _proof(form.file)
        with transaction():
            earlier.lock_firm(actor)
            plan = decide(actor, read_list(str(form.text.data)), actor.today(now()))
            if plan.digest != form.seen.data:
                raise Conflict
            _count_file(proof)
            earlier.record_all(actor, plan.rows, proof, now())
    except ProofRefused as error:
        form.file.errors = [error.message]
        return _plan_page(actor, plan, form), 422
    except Conflict:
        return _plan_page(actor, plan, TrainingPlanForm(formdata=None), has_changed=True), 409
    flash(
        ngettext(
            "%(num)s record added. A second person has to approve it.",
            "%(num)s records added. A second person has to approve them.",
            len(plan.rows),
        )
    )
    return go(url_for(".waiting", organization_id=actor.organization_id))


def _seen_at() -> dt.datetime | None:
    """Return when the page was made on which someone chose what to approve."""
    return read_instant(request.form.get("seen_at", ""))


def _proof(field: FileField) -> Proof | None:
    if not field.data:
        return None
    proof = Proof(str(field.data.filename or ""), field.data.read())
    earlier.check_proof(proof)
    return proof


def _count_file(proof: Proof | None) -> None:
    """Count a file that is kept; an account may send so many an hour, wherever it sends them."""
    if proof is None:
        return
    key = key_of("proof files", current_user.id.hex)
    if seconds := seconds_left(key, MOST_FILES):
        raise wait(seconds)
    count(key, 3600)


def _waiting_page(actor: Actor, refusal: str | None = None) -> str:
    is_for_me = request.args.get("show") == "mine"
    page = list_waiting(actor, request.args.get("after"), is_for_me=is_for_me)
    return render_template(
        "compliance/earlier_waiting.html",
        actor=actor,
        form=Form(),
        page=page,
        is_for_me=is_for_me,
        seen_at=now().isoformat(),
        refusal=refusal,
        may_approve=may_approve,
        is_counted=is_counted,
        has_second=has_second(actor),
    )


def _training_page(
    actor: Actor,
    training_id: UUID,
    end_form: EndTrainingForm | None = None,
    proof_form: ProofForm | None = None,
) -> str:
    line = find_line(actor, training_id)
    return render_template(
        "compliance/earlier_training.html",
        actor=actor,
        line=line,
        is_counted=is_counted,
        seen_at=now().isoformat(),
        may_approve=may_approve(actor, line.training, line.person),
        form=end_form or proof_form or Form(formdata=None),
        end_form=end_form or EndTrainingForm(formdata=None),
        proof_form=proof_form or ProofForm(formdata=None),
    )


def _plan_page(actor: Actor, plan: EarlierPlan, form: TrainingPlanForm, *, has_changed: bool = False) -> str:
    form.text.data, form.seen.data = plan.text, plan.digest
    return render_template(
        "compliance/earlier_plan.html",
        actor=actor,
        plan=plan,
        form=form,
        outcomes=EarlierOutcome,
        has_changed=has_changed,
    )


def _person_page(actor: Actor, membership_id: UUID) -> str:
    return url_for(
        "training.person", organization_id=actor.organization_id, membership_id=membership_id, _anchor="earlier"
    )


def _to(actor: Actor, training_id: UUID) -> Response:
    return go(url_for(".training", organization_id=actor.organization_id, training_id=training_id))

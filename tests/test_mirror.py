"""Tests mirror the packages: where a module has no tests of its own name, a table says which tests hold it."""

from __future__ import annotations

import re

from trainer.core.settings import ROOT
from trainer.items.registry import FURTHER

TESTS, PACKAGE = ROOT / "tests", ROOT / "trainer"

HELD_BY = {
    "content/test_reader.py": "content/parsing content/texts",
    "jobs/test_counting.py": "assessment/tasks",
    "accounts/test_audit.py": "core/audit",
    "accounts/test_links.py": "accounts/emails accounts/operations accounts/queries",
    "accounts/test_passwords.py": "accounts/password_rules",
    "accounts/test_second_factor.py": "accounts/codes accounts/second_factor_views accounts/words",
    "accounts/test_sessions.py": "cli/accounts",
    "accounts/test_views.py": "accounts/forms accounts/models accounts/signing_in",
    "assessment/test_analysis.py": "assessment/cells",
    "assessment/test_canceling.py": "cli/finals",
    "assessment/test_check_ins.py": "assessment/dates assessment/views/check_ins",
    "assessment/test_drills.py": "assessment/queries assessment/views/drills assessment/steps",
    "assessment/test_finish.py": "assessment/words",
    "assessment/test_key_secrecy.py": "assessment/shown core/chance",
    "assessment/test_first_try.py": "assessment/views/first_try",
    "assessment/test_pretest.py": "assessment/views/pretest",
    "assessment/test_previews.py": "assessment/views/previews",
    "assessment/test_renewals.py": "assessment/views/renewals",
    "assessment/test_site_counting.py": "assessment/site_figures",
    "assessment/test_stages.py": "assessment/finals assessment/views/finals",
    "assessment/test_progress.py": "assessment/views/progress",
    "assessment/test_views.py": "assessment/forms assessment/models assessment/views/attempts assessment/views/results",
    "learning/test_certificates.py": "learning/certificate_views learning/emails",
    "content/test_instrument.py": "content/checks/instrument",
    "assignments/test_earlier.py": "assignments/earlier_queries",
    "assignments/test_statements.py": "assignments/snapshots",
    "assignments/test_upkeep.py": "assignments/emails assignments/models assignments/operations assignments/queries",
    "assignments/test_views.py": "assignments/forms assignments/preview",
    "cli/test_commands.py": "cli/admin cli/credentials",
    "cli/test_following.py": "content/releasing core/releases",
    "cli/test_keys.py": "accounts/rekeying",
    "cli/test_upgrade.py": "cli/migrating",
    "tools/test_seed.py": "extras/inspectors/demo extras/meetings/demo extras/packs/demo extras/pins/demo "
    "tools/demo/classes "
    "tools/demo/names tools/demo/people tools/demo/story tools/demo/study tools/demo/timeline",
    "shipped/test_instrument.py": "tools/instrument/whole",
    "test_wheel.py": "__main__",
    "cli/test_serve.py": "server/instance_lock server/start server/supervisor server/web server/worker",
    "journeys/test_outages.py": "web/retry",
    "journeys/test_replica.py": "core/replica web/replica",
    "compliance/test_days.py": "assignments/history organizations/history",
    "compliance/test_earlier_list.py": "compliance/views/earlier",
    "compliance/test_reminding.py": "compliance/sent compliance/views/reminders",
    "compliance/test_certificate_files.py": "compliance/operations compliance/order_queries compliance/orders "
    "compliance/views/certificates",
    "compliance/test_views.py": "compliance/forms compliance/queries compliance/views/training",
    "content/checks/test_rare.py": "content/nights",
    "content/checks/test_wording.py": "content/phrases",
    "content/markdown/test_rendering.py": "content/markdown/body",
    "content/test_prose.py": "content/shapes",
    "content/test_library.py": "content/serving",
    "content/test_schema.py": "content/catalogue content/curriculum content/papers content/parts content/subject",
    "tools/test_skeletons.py": "tools/skeleton_texts",
    "core/test_connections.py": "core/failures",
    "core/test_keys.py": "core/signing",
    "core/test_leases.py": "core/work",
    "core/test_settings.py": "core/addresses core/variables",
    "core/test_schema.py": "cli/groups",
    "courses/test_papers.py": "web/paper",
    "credentials/test_views.py": "credentials/forms credentials/paper credentials/queries",
    "home/test_firm.py": "home/firm_pages home/firm_views home/queries",
    "home/test_rounds.py": "assessment/emails assessment/rounds compliance/views/rounds "
    "home/emails home/round_views instructing/views/rounds",
    "instructing/test_board.py": "instructing/words",
    "instructing/test_invitations.py": "instructing/follow_ups instructing/views/invitations",
    "instructing/test_everyone.py": "instructing/views/everyone",
    "instructing/test_items.py": "instructing/views/items",
    "instructing/test_briefing.py": "instructing/briefing_paper instructing/briefing_words",
    "instructing/test_figures.py": "instructing/tasks",
    "instructing/test_misreads.py": "instructing/answers instructing/downloads instructing/views/misreads",
    "instructing/test_nudges.py": "instructing/emails web/emails",
    "instructing/test_operations.py": "instructing/models instructing/queries",
    "instructing/test_views.py": "instructing/forms instructing/posters instructing/views/board "
    "instructing/views/classes instructing/views/cohorts",
    "extras/api/test_api.py": "extras/api/queries extras/api/views/api extras/api/views/bearer",
    "extras/api/test_openapi.py": "extras/api/records",
    "extras/api/test_same_numbers.py": "compliance/conditions compliance/rules compliance/statements compliance/words",
    "extras/badges/test_file_check.py": "extras/badges/forms extras/badges/words",
    "extras/badges/test_checking.py": "extras/badges/rules",
    "extras/badges/test_making.py": "extras/badges/queries",
    "extras/backups/test_backup.py": "core/version extras/backups/notes",
    "extras/backups/test_restore.py": "core/installation extras/backups/afterwards extras/backups/files "
    "extras/backups/key_files extras/backups/manifest extras/backups/postgres extras/backups/progress "
    "extras/backups/sqlite",
    "extras/inspectors/test_inspections.py": "compliance/query_string extras/inspectors/forms extras/inspectors/former "
    "extras/inspectors/models extras/inspectors/operations extras/inspectors/paper extras/inspectors/queries "
    "extras/inspectors/rules extras/inspectors/views extras/inspectors/words",
    "extras/meetings/test_old_links.py": "extras/meetings/views/old_links",
    "extras/meetings/test_sessions.py": "extras/meetings/models extras/meetings/queries extras/meetings/records "
    "extras/meetings/words",
    "extras/meetings/test_undoing.py": "extras/meetings/views/signing",
    "extras/meetings/test_views.py": "extras/meetings/forms extras/meetings/views/meetings",
    "extras/mergers/test_disputes.py": "extras/pins/just_given",
    "extras/mergers/test_mergers.py": "core/rows extras/mergers/emails "
    "extras/mergers/entries extras/mergers/forms extras/mergers/models extras/mergers/operations "
    "extras/mergers/queries extras/mergers/rules extras/mergers/tasks extras/mergers/views",
    "extras/nights/test_handovers.py": "extras/nights/forms extras/nights/views/shifts",
    "extras/nights/test_rare.py": "extras/nights/events extras/nights/operations extras/nights/policy "
    "extras/nights/views/rare extras/nights/words",
    "extras/notes/test_grading.py": "extras/notes/access extras/notes/emails extras/notes/forms "
    "extras/notes/views/grading",
    "extras/notes/test_handing_in.py": "extras/notes/models extras/notes/views/handing_in extras/notes/words",
    "extras/packs/test_checks.py": "extras/packs/models extras/packs/queries extras/packs/rules "
    "extras/packs/views/checks",
    "extras/packs/test_files.py": "extras/packs/cover extras/packs/pages extras/packs/reading extras/packs/records "
    "extras/packs/tables extras/packs/words",
    "extras/packs/test_packs.py": "extras/packs/making extras/packs/operations extras/packs/tasks",
    "extras/packs/test_limits.py": "extras/packs/forms extras/packs/view extras/packs/views/evidence",
    "extras/packs/test_sample.py": "extras/packs/views/samples",
    "extras/reports/test_reports.py": "extras/reports/files extras/reports/forms extras/reports/emails "
    "extras/reports/models extras/reports/operations extras/reports/queries extras/reports/views/links "
    "extras/reports/views/reports extras/reports/words",
    "extras/panel/test_administering.py": "extras/panel/figures extras/panel/forms extras/panel/operations "
    "extras/panel/views/panels extras/panel/words",
    "extras/panel/test_rating.py": "extras/panel/models extras/panel/queries extras/panel/views/rating",
    "extras/remarks/test_reading.py": "extras/remarks/commands",
    "extras/remarks/test_remarks.py": "extras/remarks/forms extras/remarks/models extras/remarks/operations "
    "extras/remarks/views extras/remarks/words",
    "extras/short_form/test_short_form.py": "extras/short_form/models extras/short_form/operations "
    "extras/short_form/paper extras/short_form/rules extras/short_form/views extras/short_form/words",
    "extras/evidence/test_evidence.py": "extras/evidence/views",
    "extras/study/test_firm.py": "extras/study/models extras/study/operations extras/study/protocol "
    "extras/study/views/running",
    "extras/study/test_taking_part.py": "extras/study/answers extras/study/emails extras/study/forms "
    "extras/study/queries extras/study/tasks extras/study/views/own",
    "extras/study/test_figures.py": "extras/study/commands extras/study/export extras/study/made_up "
    "extras/study/views/administration",
    "extras/twins/test_twins.py": "extras/twins/rules extras/twins/views",
    "extras/webhooks/test_webhooks.py": "core/events extras/webhooks/forms extras/webhooks/models "
    "extras/webhooks/operations extras/webhooks/queries extras/webhooks/signatures extras/webhooks/tasks "
    "extras/webhooks/telling extras/webhooks/views extras/webhooks/words",
    "extras/api/test_writing.py": "extras/api/given extras/api/views/writing",
    "extras/api/test_tokens.py": "extras/api/forms extras/api/models extras/api/operations extras/api/views/tokens",
    "items/test_further.py": "content/drills content/telling",
    "items/test_judge.py": "items/judge/forms items/judge/model items/judge/payload items/judge/type",
    "items/test_note.py": "items/note/hints",
    "items/test_match.py": "items/rows",
    "items/test_branching.py": "items/branching/forms items/branching/model items/branching/paths "
    "items/branching/payload",
    "items/test_samples.py": "items/contract items/forms items/payload items/registry",
    "jobs/test_closing.py": "organizations/emails organizations/tasks",
    "jobs/test_delivery.py": "cli/mail jobs/views",
    "privacy/test_copies.py": "privacy/emails privacy/queries privacy/rules",
    "privacy/test_retention.py": "core/own core/periods",
    "privacy/test_erasing.py": "privacy/tasks privacy/views",
    "jobs/test_runner.py": "cli/jobs core/heartbeat core/isolation",
    "joining/test_codes.py": "organizations/codes organizations/refused_codes organizations/posters "
    "organizations/views/codes",
    "joining/test_invitations.py": "joining/entering joining/invitation_forms joining/invitation_views "
    "organizations/invitations organizations/views/invitations",
    "joining/test_mailed_sign_up.py": "joining/emails",
    "extras/passkeys/test_passkeys.py": "extras/passkeys/answers extras/passkeys/emails extras/passkeys/forms "
    "extras/passkeys/models extras/passkeys/operations extras/passkeys/queries extras/passkeys/views",
    "extras/pins/test_devices.py": "extras/pins/views/devices extras/pins/views/site",
    "extras/pins/test_pauses.py": "extras/pins/tasks",
    "extras/pins/test_pins.py": "extras/pins/forms extras/pins/models extras/pins/answers "
    "extras/pins/signing_in extras/pins/views/sign_in extras/pins/words",
    "extras/pins/test_replaced_pins.py": "accounts/after_slip assessment/access",
    "extras/pins/test_slips.py": "extras/pins/slip_papers extras/pins/views/slips",
    "extras/pins/test_used_slips.py": "extras/pins/emails",
    "roster/test_views.py": "organizations/uploads roster/drafts roster/forms roster/kept_sheets "
    "roster/models roster/writing",
    "roster/test_deciding.py": "roster/people roster/plan roster/rows",
    "roster/test_reading.py": "roster/lines",
    "roster/test_workbook.py": "roster/book_parts",
    "joining/test_views.py": "joining/forms",
    "learning/test_attestation.py": "learning/forms",
    "learning/test_cycles.py": "learning/models learning/operations learning/queries",
    "learning/test_questions.py": "learning/page learning/question_views",
    "core/test_damage.py": "jobs/damage",
    "cli/test_doctor.py": "operating/asking operating/checkup",
    "operating/test_administration.py": "operating/forms operating/queries operating/views/administration",
    "operating/test_health.py": "operating/rules operating/views/probes",
    "organizations/test_closing.py": "organizations/views/closing",
    "organizations/test_follow_ups.py": "organizations/invitation_links organizations/mail_words "
    "organizations/replies organizations/waiting",
    "organizations/test_growth.py": "organizations/team_queries",
    "organizations/test_operations.py": "organizations/actor organizations/models organizations/queries",
    "organizations/test_views.py": "organizations/forms organizations/views/audit organizations/views/firms "
    "organizations/views/people organizations/views/teams organizations/words organizations/zones",
    "test_fitness.py": "core/clock",
    "test_order.py": "core/feature web/ways",
    "test_personal_data.py": "core/privacy",
    "web/test_access.py": "app web/views",
    "server/test_asgi.py": "core/http server/calls server/offload serving",
    "web/test_forms.py": "web/origin",
    "web/test_regions.py": "web/addresses",
    "web/test_limits.py": "core/limits",
    "web/test_reading.py": "courses/card_views courses/views web/language",
    "server/test_stalls.py": "server/intake",
}
"""The tests that hold each module without tests of its own name; if many do, those that break first."""

OF_ALL = {
    "acts": "organizations/test_views.py",
    "attention": "home/test_firm.py",
    "feature": "test_order.py",
    "periods": "privacy/test_retention.py",
    "privacy": "test_personal_data.py",
}
"""Modules that many packages have, each with the tests that go through all of them."""

SAMPLED = {f"items/{name}/type" for name in FURTHER}
"""What `items/test_samples.py` holds."""

WITHOUT = {
    "cli/guests",  # three lines around joining.operations.forget_guests, which tests/joining/test_forgetting.py holds
}
"""Modules that no test runs, and why not."""


def modules() -> set[str]:
    paths = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
    paths = (path for path in paths if path.parent.name != "migrations")  # core/test_migrations.py runs them all
    return {path.with_suffix("").as_posix() for path in paths}


def has_mirror(module: str) -> bool:
    """Return whether tests have its name, or run over the samples of all types of items."""
    folder, _, name = module.rpartition("/")
    return (TESTS / folder / f"test_{name}.py").exists() or module in SAMPLED or (name in OF_ALL and folder != "core")


def test_every_module_has_tests_of_its_name_or_says_where_they_are() -> None:
    named = [one for held in HELD_BY.values() for one in held.split()]
    assert len(named) == len(set(named))
    without = {one for one in modules() if not has_mirror(one)} - WITHOUT
    unheld, gone = without - set(named), set(named) - without
    assert unheld == set(), "write tests with the name of the module, or put into HELD_BY which tests hold it"
    assert gone == set(), "this module is gone, or has tests of its name: take it out of HELD_BY"


def test_tests_that_hold_a_module_know_of_it() -> None:
    unknown = set()
    for tests, held in HELD_BY.items():
        text = (TESTS / tests).read_text(encoding="utf-8")
        for module in held.split():
            package, name = module.split("/")[0], module.split("/")[-1]
            if not tests.startswith(f"{package}/") and not re.search(rf"\b({package}|{name})\b", text):
                unknown.add(f"tests/{tests}: {module}")
    assert unknown == set()

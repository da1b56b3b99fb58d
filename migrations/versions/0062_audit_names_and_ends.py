"""Let names be taken out of the audit log, and rows go that are older than seven years; nothing else

Revision ID: 0062
Revises: 0061
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None
serves_older_code = True

NAMES = ("name", "other", "address", "signed_as", "device")
SAME = ("id", "at", "act", "actor_id", "organization_id", "subject_id")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        names = ", ".join(f"'{name}'" for name in NAMES)
        same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in SAME)
        op.execute(
            "CREATE OR REPLACE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' AND {same} AND NEW.details::jsonb = OLD.details::jsonb - ARRAY[{names}] "
            "THEN RETURN NEW; END IF; "
            "IF TG_OP = 'DELETE' AND OLD.at < now() - interval '7 years' THEN RETURN OLD; END IF; "
            "RAISE EXCEPTION 'audit events never change'; END $$"
        )
        return
    _drop_triggers()
    names = ", ".join(f"'$.{name}'" for name in NAMES)
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in SAME)
    op.execute(
        "CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events "
        f"WHEN NOT ({same} AND NEW.details IS json_remove(OLD.details, {names})) "
        "BEGIN SELECT RAISE(ABORT, 'audit events never change'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events "
        "WHEN OLD.at >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-7 years') "
        "BEGIN SELECT RAISE(ABORT, 'audit events never change'); END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit events never change'; END $$"
        )
        return
    _drop_triggers()
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_events_no_{act.lower()} BEFORE {act} ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'audit events never change'); END"
        )


def _drop_triggers() -> None:
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_events_no_{act}")

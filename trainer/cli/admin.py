"""`flask admin`: what the administrator of an installation decides."""

from __future__ import annotations

import uuid

import click

from trainer.accounts.administrators import appoint, dismiss
from trainer.cli.groups import Commands
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError
from trainer.instructing.operations import approve_instructor, revoke_instructor
from trainer.organizations import closing
from trainer.organizations.closing import FirmLine
from trainer.organizations.models import Organization

admin_cli = Commands("admin", help="Appoint administrators and instructors, and manage firms.")


@admin_cli.command("approve-instructor")
@click.argument("email")
@click.option("--revoke", is_flag=True, help="Withdraw the approval.")
def approve(email: str, revoke: bool) -> None:
    """Let someone who has an account teach public classes."""
    try:
        with transaction():
            user = (revoke_instructor if revoke else approve_instructor)(email, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"{'Withdrawn' if revoke else 'Approved'}: {user.email}.")


@admin_cli.command("appoint-administrator")
@click.argument("email")
@click.option("--revoke", is_flag=True, help="End it.")
def administrator(email: str, revoke: bool) -> None:
    """Let someone who has an account see the operator’s page and how all scenes work, finals included."""
    try:
        with transaction():
            user = (dismiss if revoke else appoint)(email, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"{'No longer an administrator' if revoke else 'Administrator'}: {user.email}.")


@admin_cli.command("organizations")
def organizations() -> None:
    """List all firms: ID, people on the roster, state, name."""
    lines = closing.list_lines()
    rows = [("Id", "People", "State", "Name")]
    rows += [(str(line.organization.id), str(line.people), _state(line), line.organization.name) for line in lines]
    width = max(len(row[2]) for row in rows)
    for number, people, state, name in rows:
        print(f"{number:36}  {people:>6}  {state:{width}}  {name}")
    print(f"{len(lines)} firm(s).")


@admin_cli.command("suspend-organization")
@click.argument("organization_id", type=click.UUID)
@click.option("--reason", required=True, help="Recorded in the firm's audit log; its pages don't show it.")
def suspend(organization_id: uuid.UUID, reason: str) -> None:
    """Suspend a firm: nothing can be done in it, and nothing is deleted."""
    try:
        with transaction():
            firm = closing.suspend(organization_id, reason, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"Suspended: {firm.name}. `flask admin resume-organization {firm.id}` undoes this.")


@admin_cli.command("resume-organization")
@click.argument("organization_id", type=click.UUID)
def resume(organization_id: uuid.UUID) -> None:
    """Lift a suspension: everything is as it was before."""
    try:
        with transaction():
            firm = closing.resume(organization_id, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"Resumed: {firm.name}.{_deleted_on(firm)}")


@admin_cli.command("raise-invitations")
@click.argument("organization_id", type=click.UUID)
@click.argument("number", type=click.IntRange(1, 100_000))
def raise_invitations(organization_id: uuid.UUID, number: int) -> None:
    """Set how many invitations a firm may send a day."""
    try:
        with transaction():
            firm = closing.set_invitations_a_day(organization_id, number, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"{firm.name} can send {number:,} invitations a day.")


def _state(line: FirmLine) -> str:
    firm = line.organization
    since = firm.suspended_at or firm.closed_at
    return f"{line.state}{f' since {since:%Y-%m-%d}' if since else ''}"


def _deleted_on(firm: Organization) -> str:
    return f" It is closed, and will be deleted on {firm.deletes_at:%Y-%m-%d}." if firm.deletes_at else ""

"""What is given out under /api/v1: here is all of it. A record gives the values of a row, and the schema that describes
them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from trainer.assignments.models import EarlierTraining
from trainer.assignments.rules import Status
from trainer.compliance.rules import Basis, Row
from trainer.compliance.sent import SentMail
from trainer.compliance.words import note_of
from trainer.credentials import models, rules
from trainer.credentials.queries import status_on
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.extras.api.rules import Result
from trainer.organizations.mail_words import MailState
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role

Schema = dict[str, Any]
SCHEMAS: Final = "#/components/schemas/"
"""Where the description of the API keeps what it has a name for."""


def one_of(values: Iterable[str]) -> Schema:
    """Return the schema of a text that is one of a few."""
    return {"type": "string", "enum": list(values)}


Address = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]
Serial = Annotated[str, Field(description="A certificate's number.")]
Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Count = Annotated[int, Field(ge=0)]


class Described(BaseModel):
    """What the description of the API has a schema of."""

    @classmethod
    def schema_of_values(cls) -> Schema:
        """Return the schema of its JSON."""
        schema = cls.model_json_schema(schema_generator=_Plain, ref_template=f"{SCHEMAS}{{model}}", mode=cls._mode())
        return {name: value for name, value in schema.items() if name not in {"title", "description", "$defs"}}

    @classmethod
    def _mode(cls) -> Literal["validation", "serialization"]:
        return "validation"


class Record(Described):
    """A row as it is given out: its fields in all responses, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def _mode(cls) -> Literal["validation", "serialization"]:
        return "serialization"

    def values(self) -> dict[str, Any]:
        """Return the row's fields as JSON has them."""
        return self.model_dump(mode="json")


class _Plain(GenerateJsonSchema):
    """Writes as short as people do: no titles, and `"type": ["string", "null"]` for what may be missing."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        return {**inner, "type": [inner["type"], "null"]}


class Person(Record):
    """Someone on the roster, as the firm wrote it."""

    id: UUID = Field(description="Identifies the person in this firm, from hiring to leaving.")
    name: str
    email: str | None = Field(description="As the firm entered it.")
    employee_number: str | None
    job_title: str | None
    teams: list[str]
    role: Annotated[Role, WithJsonSchema(one_of(Role))]
    hired_on: dt.date | None
    ended_on: dt.date | None = Field(description="The last day of someone who has left.")
    has_joined: bool = Field(description="False until the person has joined with an invitation or a code.")

    @classmethod
    def of(cls, membership: Membership, teams: Sequence[str]) -> Self:
        """Return the record of someone in these teams."""
        return cls(
            id=membership.id,
            name=membership.name,
            email=membership.email,
            employee_number=membership.employee_number,
            job_title=membership.job_title,
            teams=list(teams),
            role=Role(membership.role),
            hired_on=membership.hired_on,
            ended_on=membership.ended_on,
            has_joined=membership.user_id is not None,
        )


class Assignment(Record):
    """One person's duty and where they stand: what the page and its exports say."""

    id: UUID
    person_id: UUID
    name: str
    employee_number: str | None
    job_title: str | None
    teams: list[str]
    hired_on: dt.date | None
    requirement_id: UUID
    requirement: str = Field(description="Its title.")
    course: str
    status: Annotated[Status, WithJsonSchema(one_of(Status))] = Field(
        description="Where the person stands today, by the firm’s day."
    )
    is_only_trained: bool = Field(
        description="Trained, where the state requires an approved course, which this one isn’t."
    )
    due_on: dt.date = Field(description="If completed: the day on which it expires.")
    completed_on: dt.date | None
    serial: Serial | None
    basis: Annotated[Basis, WithJsonSchema(one_of(Basis))] | None = Field(
        description="What the completion is based on: our certificate, or training elsewhere that the firm recorded "
        "and a second person approved. Such training has no certificate and can’t be verified here."
    )
    active_minutes: Count | None
    waived_until: dt.date | None = Field(description="If waived: the last day of the waiver.")
    top_up_due_on: dt.date | None = Field(
        description="By when the person is asked to read lessons that changed since the certificate. Null once that is "
        "done, where nothing is asked, and of a past day. The certificate stays valid either way."
    )
    note: str | None = Field(description="What must be shown with it.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return the record of a row of training status."""
        return cls(
            id=row.assignment_id,
            person_id=row.membership_id,
            name=row.name,
            employee_number=row.employee_number,
            job_title=row.job_title,
            teams=list(row.teams),
            hired_on=row.hired_on,
            requirement_id=row.requirement_id,
            requirement=row.requirement,
            course=row.course,
            status=row.status,
            is_only_trained=row.is_only_trained,
            due_on=row.due_on,
            completed_on=row.completed_on,
            serial=show_serial(row.serial) if row.serial else None,
            basis=row.basis,
            active_minutes=row.minutes,
            waived_until=row.waived_until,
            top_up_due_on=row.top_up_due_on,
            note=note_of(row),
        )


class Completion(Record):
    """That a person completed a course once."""

    person_id: UUID
    name: str
    employee_number: str | None
    course: str
    course_title: str
    course_version: str
    started_on: dt.date
    completed_on: dt.date
    active_minutes: Count
    is_attested: bool = Field(description="The person signed that all of it was their own work.")
    is_paced: bool = Field(description="No lesson could be skipped ahead to.")
    is_tested_out: bool = Field(
        description="Lessons weren’t read, because the person showed before the course that they knew what these teach."
    )
    serial: Serial

    @classmethod
    def of(cls, membership: Membership, earned: models.Credential) -> Self:
        """Return the record of what a person earned."""
        return cls(
            person_id=membership.id,
            name=membership.name,
            employee_number=membership.employee_number,
            course=earned.course,
            course_title=earned.course_title,
            course_version=earned.course_version,
            started_on=earned.started_on,
            completed_on=earned.issued_on,
            active_minutes=earned.minutes,
            is_attested=earned.is_attested,
            is_paced=earned.is_paced,
            is_tested_out=earned.is_tested_out,
            serial=show_serial(earned.serial),
        )


class Credential(Record):
    """A certificate's facts, as its public page shows them, and its status."""

    serial: Serial
    holder_name: str = Field(description="As on the certificate; it may differ from the roster.")
    course: str
    course_title: str
    issued_on: dt.date
    valid_until: dt.date
    status: Annotated[rules.CredentialStatus, WithJsonSchema(one_of(rules.CredentialStatus))]
    revoked_on: dt.date | None
    top_up_due_on: dt.date | None = Field(
        description="By when the holder is asked to read lessons that have changed since. Null once that is done, "
        "where nothing is asked, and of someone who has left the firm. The certificate stays valid either way."
    )
    verify_url: Address = Field(description="The public page on which anyone can check it.")
    note: str | None = Field(description="The notice on it where a state requires an approved course.")

    @classmethod
    def of(cls, earned: models.Credential, base_url: str, today: dt.date, top_up_due_on: dt.date | None) -> Self:
        """Return the record of what someone earned; anyone can check it at the site's address."""
        serial = show_serial(earned.serial)
        return cls(
            serial=serial,
            holder_name=earned.holder_name,
            course=earned.course,
            course_title=earned.course_title,
            issued_on=earned.issued_on,
            valid_until=earned.valid_until,
            status=status_on(earned, today),
            revoked_on=earned.revoked_at.date() if earned.revoked_at else None,
            top_up_due_on=top_up_due_on,
            verify_url=f"{base_url}/verify/{serial}",
            note=" ".join(map(disclaimer, earned.unapproved_states)) or None,
        )


class Training(Record):
    """A training elsewhere that the firm recorded and a second person approved. It is never one of our certificates."""

    id: UUID
    person_id: UUID
    name: str
    employee_number: str | None
    title: str
    issuer: str = Field(description="Who gave the training.")
    completed_on: dt.date
    minutes: Annotated[int, Field(ge=1)]
    basis: Annotated[Basis, WithJsonSchema({"type": "string", "const": Basis.RECORDED})]
    has_proof: bool = Field(description="The firm keeps a file that proves it.")
    recorded_at: Instant = Field(description="When it was recorded (UTC).")
    approved_at: Instant = Field(description="When a second person approved it (UTC) and it began to count.")
    withdrawn_at: Instant | None = Field(description="When the firm withdrew it (UTC) and it stopped counting.")

    @classmethod
    def of(cls, membership: Membership, training: EarlierTraining) -> Self:
        """Return the record of a training that was approved."""
        assert training.approved_at is not None
        return cls(
            id=training.id,
            person_id=membership.id,
            name=membership.name,
            employee_number=membership.employee_number,
            title=training.title,
            issuer=training.issuer,
            completed_on=training.completed_on,
            minutes=training.minutes,
            basis=Basis.RECORDED,
            has_proof=training.proof_id is not None,
            recorded_at=_instant(training.created_at),
            approved_at=_instant(training.approved_at),
            withdrawn_at=_instant(training.ended_at) if training.ended_at else None,
        )


class Email(Record):
    """An invitation, a follow-up or a reminder, and what became of it: what the page “Sent mail” says."""

    id: UUID
    person_id: UUID
    name: str
    employee_number: str | None
    email: str = Field(description="Which one it is, in words.")
    requirement: str | None = Field(description="The title of what a reminder is about.")
    due_on: dt.date | None
    sent_by: str | None = Field(description="The name of the person who sent it. Null if it went out automatically.")
    queued_at: Instant = Field(description="When it was ordered, or skipped (UTC).")
    state: Annotated[MailState, WithJsonSchema(one_of(MailState))]
    outcome: str = Field(description="What became of it, in words, with the reason if it wasn’t sent.")

    @classmethod
    def of(cls, sent: SentMail) -> Self:
        """Return the record of a row of sent mail."""
        return cls(
            id=sent.id,
            person_id=sent.person.id,
            name=sent.person.name,
            employee_number=sent.person.employee_number,
            email=sent.name,
            requirement=sent.about,
            due_on=sent.due_on,
            sent_by=sent.asked_by,
            queued_at=_instant(sent.at),
            state=sent.state,
            outcome=sent.outcome,
        )


class WrittenPerson(Record):
    """What came of what another system said of a person."""

    employee_number: str
    result: Annotated[Result, WithJsonSchema(one_of(Result))] = Field(
        description="`unchanged`: we had all of it already, or a token isn’t allowed to change it. "
        "`superseded`: a write that is as new or newer was applied before, so this one changed nothing."
    )
    person_id: UUID | None = Field(description="Null if nobody with this number has been on the roster.")
    is_invited: bool
    notes: list[str] = Field(description="What to look at, in words.")


def _instant(instant: dt.datetime) -> str:
    return instant.replace(microsecond=0).isoformat().replace("+00:00", "Z")


RECORDS: Final[tuple[type[Record], ...]] = (
    Person,
    Assignment,
    Completion,
    Credential,
    Training,
    Email,
    WrittenPerson,
)
"""All there are, under the names that the description of the API gives them."""

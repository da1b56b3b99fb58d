"""What the heading of a roster's column says about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from trainer.organizations.models import LONGEST_TITLE
from trainer.organizations.rules import fold

EXAMPLE: Final = "name, email, job title, employee number, hired on, teams"

HEADINGS_WITHIN: Final = 20
"""Rows in which we look for the headings: titles, dates and logos may come first."""
_COLUMNS: Final = {
    "name": "name, full name, employee name, legal name, full legal name, worker name, payroll name, "
    "guard name, officer name, associate name, team member name, last name first name, last "
    "first, name last first, nombre completo, nombre y apellidos, nombres y apellidos, apellidos "
    "y nombre, nombre del empleado, employee, worker, person, associate, guard, officer, display "
    "name, empleado, first name last name, first and last name, first last, name first last, "
    "employee full name, staff name, security officer name, team member, staff member, security "
    "officer, colaborador, trabajador",
    "first": "first name, first, legal first name, given name, forename, name first, fname, employee first "
    "name, preferred first name, primer nombre, nombres, nombre, first names, given names, nombre "
    "de pila",
    "middle": "middle name, middle, middle initial, mi, middle names, legal middle name, mname, name "
    "middle, employee middle name, segundo nombre",
    "last": "last name, last, legal last name, surname, family name, name last, lname, employee last "
    "name, apellidos, apellido, primer apellido, apellido paterno, last names, surnames",
    "second_last": "second last name, maternal last name, mother s last name, segundo apellido, apellido materno",
    "suffix": "suffix, name suffix, generational suffix, legal suffix, sufijo",
    "email": "work email, company email, business email, work email address, company email address, "
    "business email address, work contact work email, corporate email, correo de trabajo, correo "
    "laboral, correo corporativo, email, email address, mail, user email, employee email, primary "
    "email, correo electronico, correo, direccion de correo electronico, personal email, personal "
    "contact personal email, home email, secondary email, alternate email, private email, "
    "personal email address, correo personal",
    "job_title": "job title, position title, title, employee title, job title description, position, position "
    "description, primary position, job, job role, job description, occupation, rank, business "
    "title, job profile, position name, job name, puesto, cargo, puesto de trabajo, role title, "
    "title description, designation, job classification, classification, job code description, "
    "job ttl desc, ocupacion",
    "employee_number": "employee number, employee no, employee id, emp id, emp no, emp number, employee code, worker "
    "id, associate id, staff number, staff id, personnel number, payroll number, file number, "
    "file no, number, id, no, badge, badge number, badge id, clock id, custom id, external id, "
    "payroll id, guard id, officer id, guard number, officer number, numero de empleado, no de "
    "empleado, n o de empleado, no empleado, id de empleado, numero, codigo de empleado, legajo, "
    "num de empleado, num empleado, nro de empleado, nro empleado, no empl, ee id, ee number, ee "
    "no, ee code, emp code, employee identification number, employee identifier, employee id "
    "number, person number, person id, team member id, associate number, associate no, badge no, "
    "employee badge, employee badge number, personnel no, staff no, payroll no, clock number, id "
    "number, clave de empleado, matricula, ficha",
    "hired_on": "hired on, hire date, date of hire, doh, date hired, hired, start date, employment start "
    "date, started, started on, day of hiring, original hire date, first hire date, date started, "
    "fecha de contratacion, fecha de ingreso, fecha de inicio, fecha de alta, fecha ingreso, "
    "start, hire, hired date, hiring date, hire dt, start dt, date of joining, joining date, join "
    "date, joined, date joined, date of employment, employment date, adjusted hire date, service "
    "date, fecha inicio, fecha contratacion, fecha de contrato, fecha alta, ingreso",
    "rehired_on": "rehire date, rehired on, date of rehire, date rehired, most recent hire date, latest hire "
    "date, last hire date, most recent start date, fecha de reingreso, fecha de recontratacion",
    "ended_on": "ended on, last day, last day worked, last day of work, termination date, term date, date of "
    "termination, date terminated, terminated on, separation date, end date, employment end date, "
    "left on, date left, fecha de baja, fecha de terminacion, fecha de salida, fecha baja, ultimo "
    "dia, term dt, last worked, last worked date, date last worked, separated on, inactive date, "
    "fecha de termino, fecha de egreso, fecha egreso",
    "status": "status, employment status, employee status, position status, worker status, status code, "
    "active, is active, emp status, employee state, worker state, hr status, current status, "
    "active status, estado, estatus, situacion, estado laboral, activo, employment state, work "
    "status, job status, employee status description, status description, estado del empleado, "
    "estatus laboral, estatus del empleado",
    "teams": "teams, team, site, sites, work site, job site, site name, default site, home site, main "
    "site, assigned post, assigned location, current site, post name, post assignment, site post, "
    "post, posts, work location, location, locations, location description, location name, work "
    "location name, primary location, primary site, crew, crews, group, groups, department, "
    "departments, dept, department name, department description, home department, home department "
    "description, branch, region, client, account, division, property, properties, post site, "
    "assigned site, site location, guard site, duty station, worksite, work place, workplace, "
    "facility, equipo, equipos, sitio, sitios, sede, ubicacion, departamento, lugar de trabajo, "
    "sucursal, sucursales, assignment, default location, home location, job location, business "
    "unit, store, venue, building, campus, client name, customer, customer name, account "
    "name, district, zone, area, unit, centro de trabajo, cliente, zona",
    "role": "role, roles, user role, rol",
}
"""Spellings of the headings, without capitals and marks, the best ones first; “#” is read as “number”."""
MEANINGS: Final = tuple(_COLUMNS)
_KNOWN: Final = {
    spelling: (meaning, place)
    for meaning, spellings in _COLUMNS.items()
    for place, spelling in enumerate(spellings.split(", "))
}
_TIGHT: Final = {spelling.replace(" ", ""): known for spelling, known in _KNOWN.items()}
_PRIVATE_EMAIL: Final = _KNOWN["personal email"][1]
PERHAPS: Final = frozenset(
    [
        "employee",
        "worker",
        "person",
        "associate",
        "guard",
        "officer",
        "display name",
        "team member",
        "staff member",
        "security officer",
        "colaborador",
        "trabajador",
        "empleado",
        "nombre",
    ]
)
"""Headings of a column of names, but only if no other column has names."""
_PRIVATE: Final = re.compile(
    r"\b(ssn|social security|sin|tax|tin|itin|dob|birth|birthday|birthdate|age|salary|pay|wage|wages|rate|bank|routing|"
    r"account number|phone|mobile|cell|telephone|fax|street|city|zip|postal|home address|mailing address|address|"
    r"gender|sex|race|ethnicity|marital|religion|passport|visa|medical|emergency|password|pin|nacimiento|salario|"
    r"sueldo|telefono|celular|seguro|direccion|domicilio|genero|sexo|contrasena)\b"
)
_OTHERS: Final = re.compile(
    r"\b(supervisor|manager|reports|boss|approver|preferred|nickname|emergency|contact person|spouse|beneficiary|"
    r"recruiter|client|customer|supervisora|gerente|jefe|jefa|encargado|encargada)\b"
)
_SOCIAL_SECURITY: Final = re.compile(r"[\dX*]{3}-[\dX*]{2}-\d{4}", re.IGNORECASE)


def bare(heading: str) -> str:
    """Return a heading as we compare it: without capitals, accents, numbers and anything in parentheses."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"\([^)]{0,200}\)", " ", heading[:LONGEST_TITLE]))
    words = " ".join(re.sub(r"[^a-z]+", " ", fold(split).replace("#", " number ")).split())
    return words.replace("e mail", "email")


def known_as(heading: str) -> tuple[str, int]:
    """Return what a column with this heading holds, and how good a sign it is: 0 is the best. ("", 0) if unknown."""
    key = bare(heading)
    known = _KNOWN.get(key) or _TIGHT.get(key.replace(" ", ""))
    if known is None and len(parts := re.split(r"[/|\n]", heading)) > 1:
        known = _known_as_both([known_as(part) for part in parts if bare(part)])
    return known or ("", 0)


def _known_as_both(parts: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """Return what a heading in several parts means, such as “Site / Post” or “Name / Nombre”: each says the same."""
    meanings = {meaning for meaning, _place in parts}
    if meanings in ({"first", "last"}, {"first", "name"}):
        meanings = {"name"}
    return (meanings.pop(), max(place for _meaning, place in parts)) if len(meanings) == 1 else None


def is_private_email(heading: str) -> bool:
    """Return True for a column of addresses that someone has beside that of the firm."""
    meaning, place = known_as(heading)
    return meaning == "email" and place >= _PRIVATE_EMAIL


def count_known(headings: Iterable[str], remembered: Mapping[str, str]) -> int:
    """Return how many of the things that we read have a heading here."""
    meanings = {remembered.get(bare(heading)) or known_as(heading)[0] for heading in headings if heading}
    return len(meanings - {""})


def is_private(heading: str, values: Iterable[str]) -> bool:
    """Return True for a column that a roster has no use for and nobody should see here, such as wages."""
    return _PRIVATE.search(bare(heading)) is not None or has_social_security(values)


def is_others(heading: str) -> bool:
    """Return True for a column about someone else, or for what someone is called beside their name."""
    return _OTHERS.search(bare(heading)) is not None


def has_social_security(values: Iterable[str]) -> bool:
    """Return True if a value looks like a social security number, whatever the heading says, such as “ID.”"""
    return any(_SOCIAL_SECURITY.fullmatch(value) for value in values)

"""Rosters as scheduling and payroll programs export them: reports with totals, rehires, statuses and odd headings."""

from __future__ import annotations

import re

from tests.roster.corpus.case import Case, Row, book, changed, lines

TOTALS = lines("""
Site,Employee Name,Employee ID,Hours
Harbor Mall,Marta Ruiz,0041,40
Harbor Mall,Kofi Mensah,0042,36
,Harbor Mall Total,2,76
Pier 9,Dora Day,0043,22
,Total Pier 9,1,22
,GRAND TOTAL,3,98
,Average,,33
,Page 1 of 1,1,
,End of report,,
""")

REHIRES = lines("""
Employee Name,Email,Employee ID,Hire Date,Termination Date,Status
Marta Ruiz,marta@example.org,0041,03/14/2015,06/20/2020,Terminated
"Ruiz, Marta",marta@example.org,0041,05/02/2023,,Active
Kofi Mensah,kofi@example.org,0042,10/22/2024,,Active
Kofi Mensah,kofi@example.org,0042,01/05/2018,02/06/2022,Terminated
Dora Day,,0043,01/05/2018,02/06/2022,
Dora Day,,0043,01/05/2023,,
Nia Bell,nia@example.org,0044,01/05/2018,02/06/2020,Terminated
Nia Bell,nia@example.org,0044,01/05/2021,02/06/2022,Terminated
Ann Lee,ann@example.org,0045,05/01/2026,04/01/2026,
""")

BARE_REHIRES = lines("""
Name,Email,Last Day
Marta Ruiz,marta@example.org,06/20/2020
Marta Ruiz,marta@example.org,
Kofi Mensah,kofi@example.org,
Kofi Mensah,kofi@example.org,06/20/2020
""")

TWO_STINTS_OPEN = lines("""
Name,Email,Hire Date,Last Day
Marta Ruiz,marta@example.org,03/14/2015,
Marta Ruiz,marta@example.org,05/02/2023,
""")

SUPERVISED = lines("""
Lastname,Firstname,Work_Email,Supervisor_Primary,Start
Ruiz,Marta,marta@example.org,Ines Berg,03/14/2019
Mensah,Kofi,kofi@example.org,Ines Berg,11/22/2021
""")

PREFERRED = lines("""
First name Last name,Preferred name,Employee #,Email,Site / Post
Marta Ruiz,,0041,marta@example.org,Harbor Mall
Shivani Patel,Shiv,0042,shivani@example.org,Pier 9
""")

BROKEN_HEADING = lines("""
Name,E-mail,"Site /
Post","Hire
Date"
Marta Ruiz,marta@example.org,Harbor Mall,03/14/2019
""")

SPANISH = lines("""
Núm. de empleado,Nombre y apellidos,Correo,Sitio
00412,Marta Ruiz,marta@example.org,Puerto
""")

BOTH_ORDERS = lines("""
Name,Email,Hire Date
Marta Ruiz,marta@example.org,4/13/2019
Kofi Mensah,kofi@example.org,4/25/2021
Dora Day,dora@example.org,13/04/2020
Nia Bell,nia@example.org,04.03.2026
Ann Lee,ann@example.org,N/A
""")

TURNED = lines("""
Name,Email
\u202eBob enotS,bob.stone@example.org
\u202aMarta Ruiz\u202c,marta@example.org
""")

STATUSES = lines("""
Name,Email,Employee ID,Status
Marta Ruiz,marta@example.org,0041,Active
Kofi Mensah,kofi@example.org,0042,Terminated 10/15/2026
Dana Dow,dana@example.org,0043,Terminated 10/15/2026
Bob Builder,bob@example.org,0044,No Show
Nia Bell,nia@example.org,0045,Suspended
Ann Lee,ann@example.org,0046,Medical Leave
""")

CODED_STATUSES = lines("""
Name,Email,Status
Marta Ruiz,marta@example.org,Armed
Kofi Mensah,kofi@example.org,Unarmed
Dora Day,dora@example.org,Active
""")

ERRORS = lines("""
Name,Email,Employee ID,Hire Date,Site
Marta Ruiz,marta@example.org,0041,#N/A,Harbor Mall
Kofi Mensah,#N/A,0042,03/14/2019,Harbor Mall
Dora Day,dora@example.org,0043,03/14/2019,#REF!
Nia Bell,nia@example.org,0044,03/14/2019,Harbor Mall
""")


def _without_values() -> bytes:
    """Return a workbook as a library writes it that computes no formulas."""
    rows: list[Row] = [
        ["Name", "Email", "Employee ID"],
        ["Marta Ruiz", "marta@example.org", "0041"],
        ["Kofi Mensah", None, "0042"],
    ]
    whole = book(
        {"Roster": rows}, lambda _book, sheet: sheet.write_formula("B3", '=LOWER("KOFI@example.org")', None, "")
    )
    return changed(
        whole, lambda _name, part: re.sub(r"(<f>[^<]*</f>)<v>[^<]*</v>", r"\1<v/>", part).replace(' t="str"', "")
    )


CASES = [
    Case(
        "totals-with-a-number",
        "hours.csv",
        TOTALS,
        """
        Marta Ruiz||0041|Harbor Mall||
        Kofi Mensah||0042|Harbor Mall||
        Dora Day||0043|Pier 9||""",
        left_out=6,
        says=("Totals 6",),
    ),
    Case(
        "rehires-in-rows-of-their-own",
        "stints.csv",
        REHIRES,
        """
        Marta Ruiz|marta@example.org|0041|||2023-05-02
        Kofi Mensah|kofi@example.org|0042|||2024-10-22
        Dora Day||0043|||2023-01-05
        Ann Lee|ann@example.org|0045|||2026-05-01""",
        says=("row 2 is about an earlier time", "row 5 is about an earlier time", "read as someone who came back"),
    ),
    Case(
        "supervisors-are-no-guards",
        "paycom.csv",
        SUPERVISED,
        """
        Marta Ruiz|marta@example.org||||2019-03-14
        Kofi Mensah|kofi@example.org||||2021-11-22""",
    ),
    Case(
        "preferred-names-are-no-names",
        "bamboo.csv",
        PREFERRED,
        """
        Marta Ruiz|marta@example.org|0041|Harbor Mall||
        Shivani Patel|shivani@example.org|0042|Pier 9||""",
    ),
    Case(
        "line-break-in-a-heading",
        "a.csv",
        BROKEN_HEADING,
        "Marta Ruiz|marta@example.org||Harbor Mall||2019-03-14",
    ),
    Case(
        "spanish-number",
        "lista.csv",
        SPANISH,
        "Marta Ruiz|marta@example.org|00412|Puerto||",
    ),
    Case(
        "days-in-both-orders-and-none",
        "a.csv",
        BOTH_ORDERS,
        """
        Marta Ruiz|marta@example.org||||2019-04-13
        Kofi Mensah|kofi@example.org||||2021-04-25
        Nia Bell|nia@example.org||||2026-04-03
        Ann Lee|ann@example.org||||""",
        order="month",
        left_out=1,
        says=("“04.03.2026” is read as 2026-04-03", "“N/A” is read as no hire date"),
    ),
    Case(
        "name-turned-around",
        "a.csv",
        TURNED,
        "Marta Ruiz|marta@example.org||||",
        left_out=1,
        says=("the name holds a character that can’t be shown",),
    ),
    Case(
        "statuses-in-sentences",
        "statuses.csv",
        STATUSES,
        """
        Marta Ruiz|marta@example.org|0041|||
        Ann Lee|ann@example.org|0046|||""",
        gone=("Dana Dow", "Bob Builder"),
        says=("we don’t know the status “Suspended”",),
    ),
    Case(
        "statuses-that-are-none",
        "armed.csv",
        CODED_STATUSES,
        """
        Marta Ruiz|marta@example.org||||
        Kofi Mensah|kofi@example.org||||
        Dora Day|dora@example.org||||""",
        columns={"Status": ""},
    ),
    Case(
        "errors-of-formulas",
        "errors.csv",
        ERRORS,
        "Nia Bell|nia@example.org|0044|Harbor Mall||2019-03-14",
        left_out=3,
        says=("the hire date is “#N/A”, an error", "the email is “#N/A”", "the team is “#REF!”"),
    ),
    Case(
        "formulas-without-values",
        "written.xlsx",
        _without_values,
        "Marta Ruiz|marta@example.org|0041|||",
        left_out=1,
        says=("the email is a formula whose value isn’t in the file",),
    ),
    Case(
        "rehires-without-status",
        "stints.csv",
        BARE_REHIRES,
        "Marta Ruiz|marta@example.org||||\nKofi Mensah|kofi@example.org||||",
    ),
    Case(
        "two-stints-that-last",
        "stints.csv",
        TWO_STINTS_OPEN,
        "Marta Ruiz|marta@example.org||||2015-03-14",
        left_out=1,
        says=("is in row 2 too",),
    ),
]

"""Rosters as scheduling and payroll programs export them: reports with totals, rehires, statuses and odd headings."""

from __future__ import annotations

from tests.joining.corpus.case import Case, lines

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
        says=("looks like a total",),
    ),
]

"""Rosters whose cells are odd: days, numbers, names, addresses, and the same person more than once."""

from __future__ import annotations

from tests.roster.corpus.case import Case, lines


def _days(*cells: str, heading: str = "Hire Date") -> bytes:
    """Return a roster with a person for each day."""
    rows = [f'Guard {chr(65 + n) * 3},g{n}@example.org,"{cell}"' for n, cell in enumerate(cells)]
    return lines("\n" + "\n".join([f"Name,Email,{heading}", *rows]) + "\n")


def _hired(*days: str) -> str:
    """Return who is expected of `_days`; an empty day is a row that is refused, "-" a person without one."""
    return "\n".join(
        f"Guard {chr(65 + n) * 3}|g{n}@example.org||||{day.strip('-') if day == '-' else day}"
        for n, day in enumerate(days)
        if day
    )


SPOILED = lines("""
Name,Email,Employee ID
Marta Ruiz,marta@example.org,4.74E+11
Kofi Mensah,kofi@example.org,4.74E+11
Dora Day,dora@example.org,474000000123
""")

GUARDED = lines('''
Name,Email,Employee ID
Marta Ruiz,marta@example.org,="0041"
Kofi Mensah,kofi@example.org,'0042
Dora Day,dora@example.org,"=""0043"""
''')

SOCIAL = lines("""
Name,Email,ID
Marta Ruiz,marta@example.org,123-45-6789
Kofi Mensah,kofi@example.org,987-65-4321
Dora Day,dora@example.org,555-12-3456
""")

TWO_ADDRESSES = lines("""
Name,Email
Marta Ruiz,"marta@example.org; marta.home@example.test"
Kofi Mensah,"kofi@example.org, kofi@example.org"
Dora Day,dora@example.org
""")

PLACEHOLDERS = lines("""
Name,Email,Employee Number,Team,Hire Date
Marta Ruiz,N/A,0041,Harbor Mall,3/14/2019
Kofi Mensah,none,0042,N/A,n/a
Dora Day,-,0043,-,TBD
Nia Bell,no email,0044,,-
Ann Lee,ann@example.org,N/A,Harbor Mall,unknown
""")

SHARED_ADDRESS = lines("""
Name,Email,Employee Number
Marta Ruiz,office@example.org,0041
Kofi Mensah,office@example.org,0042
Dora Day,dora@example.org,0043
""")

SHARED_NUMBER = lines("""
Name,Email,Employee Number
Marta Ruiz,marta@example.org,0041
Kofi Mensah,kofi@example.org,0041
Dora Day,dora@example.org,0043
""")

TWICE = lines("""
Name,Email,Site
Marta Ruiz,marta@example.org,Harbor Mall
Marta Ruiz,marta@example.org,Harbor Mall
Kofi Mensah,kofi@example.org,Harbor Mall
Kofi Mensah,KOFI@example.org,Pier 9
""")

NUMBERS_ONLY = lines("""
Employee Name,Employee #,Site
Marta Ruiz,0041,Harbor Mall
Kofi Mensah,0042,Pier 9
""")

NOTHING_TO_KNOW_BY = lines("""
Name,Email,Employee Number
Marta Ruiz,marta@example.org,
Kofi Mensah,,
Dora Day,,0043
""")

LAST_FIRST = lines("""
Employee Name,Email
"Smith, John",john@example.org
"Smith III, John",john3@example.org
"Stone Jr., Robert T.",robert@example.org
"Stone, Walter, Sr.",walter@example.org
"de la Cruz, María José",maria@example.org
"Van der Berg-O'Neil, Anna-Lena",anna@example.org
""")

MIDDLES = lines("""
First Name,Middle Name,Last Name,Suffix,Email
Marta,Luz,Ruiz,,marta@example.org
Robert,,Stone,Jr,robert@example.org
John,Q.,Public,III,john@example.org
""")

NAME_AND_NUMBER = lines("""
Employee,Email
"Ruiz, Marta (0041)",marta@example.org
Kofi Mensah - 0042,kofi@example.org
Dora Day,dora@example.org
""")

TITLES_OF_PEOPLE = lines("""
Name,Email
"Ruiz, Marta, CPP",marta@example.org
Kofi Mensah,kofi@example.org
""")

NO_HEADINGS = lines("\nMarta Ruiz,marta@example.org,Harbor Mall\nKofi Mensah,kofi@example.org,Pier 9\n")

NAMES_ALONE = lines("\nName\nMarta Ruiz\nKofi Mensah\n")

LONG = lines(f"\nName,Email\n{'Marta ' * 2000},marta@example.org\nKofi Mensah,kofi@example.org\n")

TEAMS = lines("""
Name,Email,Sites
Marta Ruiz,marta@example.org,Harbor Mall; Pier 9
Kofi Mensah,kofi@example.org,"Harbor Mall, Pier 9"
Dora Day,dora@example.org, harbor  mall
""")

FORMULAS = lines("""
Name,Email,Title
Marta Ruiz,marta@example.org,"=HYPERLINK(""http://evil.test"",""Guard"")"
Kofi Mensah,kofi@example.org,Lead+
""")

CASES = [
    Case(
        "days-dotted",
        "a.csv",
        _days("04.03.2026", "14.03.2019", "1.2.20"),
        _hired("2026-03-04", "2019-03-14", "2020-02-01"),
    ),
    Case(
        "days-us-two-digits",
        "a.csv",
        _days("3/4/19", "12/25/21", "1/2/99"),
        _hired("2019-03-04", "2021-12-25", "1999-01-02"),
    ),
    Case(
        "days-day-first",
        "a.csv",
        _days("03/04/2021", "25/03/2021", "01/12/2020"),
        _hired("2021-04-03", "2021-03-25", "2020-12-01"),
    ),
    Case(
        "days-both-orders",
        "a.csv",
        _days("25/03/2021", "03/25/2021", "01/02/2020"),
        _hired("2021-03-25", "", "2020-02-01"),
        order="day",
        left_out=1,
    ),
    Case(
        "days-with-months",
        "a.csv",
        _days(
            "4-Mar-2019",
            "March 4th, 2019",
            "Mar 4 2019",
            "Monday, March 4, 2019",
            "04MAR2019",
            "Sept. 4, 2019",
            "4-Mar-19",
        ),
        _hired("2019-03-04", "2019-03-04", "2019-03-04", "2019-03-04", "2019-03-04", "2019-09-04", "2019-03-04"),
    ),
    Case(
        "days-spanish",
        "a.csv",
        _days("4 de marzo de 2019", "04-mar-2019", "15/ene/2020", "1 de setiembre del 2021", "dic 5, 2020"),
        _hired("2019-03-04", "2019-03-04", "2020-01-15", "2021-09-01", "2020-12-05"),
    ),
    Case(
        "days-with-times",
        "a.csv",
        _days(
            "2019-03-04T00:00:00.000Z",
            "2019-03-04 00:00:00",
            "20190304",
            "2019/03/04",
            "3/4/2019 12:00:00 AM",
            "2019-03-04T00:00:00-05:00",
        ),
        _hired(*["2019-03-04"] * 6),
    ),
    Case(
        "days-as-serials",
        "a.csv",
        _days("43528", "43528.0", "44000.75"),
        _hired("2019-03-04", "2019-03-04", "2020-06-18"),
    ),
    Case(
        "days-impossible",
        "a.csv",
        _days("02/30/2019", "01/01/1900", "00/00/0000", "3/14/2019", "2109-03-04"),
        _hired("", "", "-", "2019-03-14", ""),
        left_out=3,
    ),
    Case("numbers-spoiled", "a.csv", SPOILED, "Dora Day|dora@example.org|474000000123|||", left_out=2),
    Case(
        "numbers-guarded",
        "a.csv",
        GUARDED,
        """
        Marta Ruiz|marta@example.org|0041|||
        Kofi Mensah|kofi@example.org|0042|||
        Dora Day|dora@example.org|0043|||""",
    ),
    Case(
        "social-security-as-id",
        "a.csv",
        SOCIAL,
        """
        Marta Ruiz|marta@example.org||||
        Kofi Mensah|kofi@example.org||||
        Dora Day|dora@example.org||||""",
        columns={"ID": ""},
    ),
    Case(
        "two-addresses",
        "a.csv",
        TWO_ADDRESSES,
        """
        Kofi Mensah|kofi@example.org||||
        Dora Day|dora@example.org||||""",
        left_out=1,
    ),
    Case(
        "placeholders",
        "a.csv",
        PLACEHOLDERS,
        """
        Marta Ruiz||0041|Harbor Mall||2019-03-14
        Kofi Mensah||0042|||
        Dora Day||0043|||
        Nia Bell||0044|||
        Ann Lee|ann@example.org||Harbor Mall||""",
    ),
    # The first of two is kept, as its row says, and the page asks to check whose it is.
    Case(
        "shared-address",
        "a.csv",
        SHARED_ADDRESS,
        "Marta Ruiz|office@example.org|0041|||\nDora Day|dora@example.org|0043|||",
        left_out=1,
        says=("check whose it is",),
    ),
    Case(
        "shared-number",
        "a.csv",
        SHARED_NUMBER,
        "Marta Ruiz|marta@example.org|0041|||\nDora Day|dora@example.org|0043|||",
        left_out=1,
        says=("check whose it is",),
    ),
    Case(
        "people-twice",
        "a.csv",
        TWICE,
        """
        Marta Ruiz|marta@example.org||Harbor Mall||
        Kofi Mensah|kofi@example.org||Harbor Mall; Pier 9||""",
    ),
    Case(
        "numbers-only",
        "a.csv",
        NUMBERS_ONLY,
        """
        Marta Ruiz||0041|Harbor Mall||
        Kofi Mensah||0042|Pier 9||""",
    ),
    Case(
        "neither-address-nor-number",
        "a.csv",
        NOTHING_TO_KNOW_BY,
        """
        Marta Ruiz|marta@example.org||||
        Dora Day||0043|||""",
        left_out=1,
    ),
    Case(
        "last-first",
        "a.csv",
        LAST_FIRST,
        """
        John Smith|john@example.org||||
        John Smith III|john3@example.org||||
        Robert T. Stone Jr.|robert@example.org||||
        Walter Stone Sr.|walter@example.org||||
        María José de la Cruz|maria@example.org||||
        Anna-Lena Van der Berg-O'Neil|anna@example.org||||""",
    ),
    Case(
        "middle-and-suffix",
        "a.csv",
        MIDDLES,
        """
        Marta Luz Ruiz|marta@example.org||||
        Robert Stone Jr|robert@example.org||||
        John Q. Public III|john@example.org||||""",
    ),
    Case(
        "number-in-name",
        "a.csv",
        NAME_AND_NUMBER,
        """
        Marta Ruiz|marta@example.org||||
        Kofi Mensah|kofi@example.org||||
        Dora Day|dora@example.org||||""",
        columns={"Employee": "name"},
    ),
    Case(
        "letters-after-name",
        "a.csv",
        TITLES_OF_PEOPLE,
        "Marta Ruiz CPP|marta@example.org||||\nKofi Mensah|kofi@example.org||||",
    ),
    Case("no-headings", "a.csv", NO_HEADINGS, refusal="names the columns"),
    Case("names-alone", "a.csv", NAMES_ALONE, refusal="email|employee number"),
    Case("very-long-name", "a.csv", LONG, "Kofi Mensah|kofi@example.org||||", left_out=1),
    Case(
        "several-teams",
        "a.csv",
        TEAMS,
        """
        Marta Ruiz|marta@example.org||Harbor Mall; Pier 9||
        Dora Day|dora@example.org||Harbor Mall||
        Kofi Mensah|kofi@example.org||Harbor Mall; Pier 9||""",
    ),
    Case(
        "formulas-in-text",
        "a.csv",
        FORMULAS,
        """
        Kofi Mensah|kofi@example.org|||Lead+|""",
        left_out=1,
    ),
]

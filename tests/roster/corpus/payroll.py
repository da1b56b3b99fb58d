"""Rosters as payroll and guard programs export them."""

from __future__ import annotations

from tests.roster.corpus.case import Case, book, lines

ADP = lines("""
Northgate Guard LLC
Active Employee Roster
Run date: 11/20/2026 09:14 AM,,,,Page 1

Payroll Name,File Number,Position Status,Hire Date,Job Title Description,Location Description,Work Email,Tax ID
"Ruiz, Marta L",000412,Active,03/14/2019,Security Officer,Harbor Mall,marta.ruiz@example.org,XXX-XX-6789
"O'Brien, Sean",000413,Active,11/02/2021,Security Officer,Harbor Mall,sean.obrien@example.org,XXX-XX-1122
"Nguyen, Thi Hoa",000977,Leave,07/19/2024,Shift Supervisor,Pier 9,hoa.nguyen@example.org,XXX-XX-3344

Total Employees: 3
""")

GUSTO = lines("""
First name,Last name,Preferred first name,Personal email,Work email,Job title,Department,Manager,Start date,Status,Pay
Marta,Ruiz,,mruiz77@example.test,marta@example.org,Guard,Patrol,Sean O'Brien,03/14/2019,Active,$21.50
William,Okafor,Bill,bill.o@example.test,william@example.org,Guard,Patrol,Sean O'Brien,12/01/2020,Active,$22.00
""")

PAYCHEX = lines("""
"Employee Census"
"Client: 0099-A123  Northgate Guard"

"Employee ID","Last Name","First Name","Middle Initial","Suffix","Hire Date","Termination Date","Status","Work Email"
"0012","Stone","Robert","T","Jr.","01/15/2018","","Active","robert.stone@example.org"
"0013","Adeyemi","Grace","","","02/28/2022","","Active","grace.adeyemi@example.org"
"0014","Moss","Pete","","III","05/05/2020","06/30/2025","Terminated","pete.moss@example.org"
""")

RIPPLING = lines("""
Employee,Work email,Title,Start date,Work location,Employment type
Marta Ruiz,marta@example.org,Officer,"Mar 4, 2024",Harbor Mall,"Hourly, full-time"
Kofi Mensah,kofi@example.org,Lead,"Nov 12, 2023",Pier 9,"Hourly, part-time"
""")

TRACKTIK = lines("""
Employee ID,Custom ID,First Name,Last Name,Job Title,Primary Phone,Email,Region,Status,Hire Date
88121,G-0041,Marta,Ruiz,Guard,+1 (212) 555-0147,marta@example.org,Northeast,Active,2019-03-14
88122,G-0042,Kofi,Mensah,Guard,+1 (212) 555-0148,kofi@example.org,Northeast,Active,2021-10-02
88123,G-0043,Dora,Day,Guard,,dora@example.org,Northeast,Inactive,2021-10-02
""")

SILVERTRAC = lines("""
Officer,Badge #,E-mail,Post Site,Active
Marta Ruiz,0041,marta@example.org,Harbor Mall,Yes
Kofi Mensah,0042,kofi@example.org,Pier 9,Yes
Pete Moss,0043,pete@example.org,Pier 9,No
""")

WORKDAY = book(
    {
        "Sheet1": [
            ["Headcount by Location"],
            ["Effective Date", "2026-11-01"],
            ["Organization", "Northgate Guard (Sean O'Brien)"],
            [],
            ["Worker", "Employee ID", "Email - Primary Work", "Business Title", "Location", "Hire Date", "FTE %"],
            ["Marta Ruiz", "000412", "marta@example.org", "Officer", "Harbor Mall", "2019-03-14", 1],
            ["Kofi Mensah (On Leave)", "000415", "kofi@example.org", "Officer", "Pier 9", "2021-10-02", 0.5],
        ]
    }
)

QUICKBOOKS = lines("""
,Employee,SS No.,Phone,Hire Date,Email
,"Ruiz, Marta",123-45-6789,212-555-0147,03/14/2019,marta@example.org
,"Mensah, Kofi",987-65-4321,212-555-0148,10/02/2021,kofi@example.org
""")

BIG_SYSTEM = lines("""
EMP_NO|FULL_NM|EMAIL_ADDR|HIRE_DT|JOB_CD|JOB_TTL_DESC|ORG_LVL_3
00000412|RUIZ, MARTA L|MRUIZ@EXAMPLE.ORG|2019-03-14-00.00.00.000000|SO1|SECURITY OFFICER|HARBOR MALL
00000415|MENSAH, KOFI|KMENSAH@EXAMPLE.ORG|2021-10-02-00.00.00.000000|SO1|SECURITY OFFICER|PIER 9
""")

PAGES = lines("""
"Name","Emp #","Email","Hire Date"
"Ruiz, Marta","412","marta@example.org","3/14/2019"
"Mensah, Kofi","415","kofi@example.org","10/2/2021"
"Page 1 of 2","","",""
"Name","Emp #","Email","Hire Date"
"Day, Dora","416","dora@example.org","5/25/2022"
"Page 2 of 2","","",""
"*** END OF REPORT ***","","",""
""")

SUBTOTALS = lines("""
Site,Employee Name,Email,Hours
Harbor Mall,,,
,Marta Ruiz,marta@example.org,40
,Kofi Mensah,kofi@example.org,36
Subtotal Harbor Mall,,,76
Pier 9,,,
,Dora Day,dora@example.org,22
Subtotal Pier 9,,,22
Grand Total,,,98
""")

REHIRES = lines("""
Employee Name,Email,Original Hire Date,Rehire Date,Last Day Worked,Status
Marta Ruiz,marta@example.org,03/14/2015,06/20/2023,,Active
Kofi Mensah,kofi@example.org,10/22/2021,,,Active
""")

STATUSES = lines("""
name,email,status,termination date
Marta Ruiz,marta@example.org,Active,
Kofi Mensah,kofi@example.org,Leave of Absence,
Dora Day,dora@example.org,On leave (FMLA),
Dana Dow,dana@example.org,Terminated,10/15/2026
Bob Builder,bob@example.org,Resigned,
Pete Moss,pete@example.org,Involuntary termination,09/20/2026
Nia Bell,nia@example.org,Active,12/31/2026
""")

CODES = lines("""
Full Name,Email Address,Emp Status,Employee Number
Marta Ruiz,marta@example.org,A,0041
Kofi Mensah,kofi@example.org,L,0042
Dana Dow,dana@example.org,T,0043
""")

CASES = [
    Case(
        "adp",
        "Active Employee Roster.csv",
        ADP,
        """
        Marta L Ruiz|marta.ruiz@example.org|000412|Harbor Mall|Security Officer|2019-03-14
        Sean O'Brien|sean.obrien@example.org|000413|Harbor Mall|Security Officer|2021-11-02
        Thi Hoa Nguyen|hoa.nguyen@example.org|000977|Pier 9|Shift Supervisor|2024-07-19""",
        left_out=1,
    ),
    Case(
        "gusto",
        "gusto-employees.csv",
        GUSTO,
        """
        Marta Ruiz|marta@example.org||Patrol|Guard|2019-03-14
        William Okafor|william@example.org||Patrol|Guard|2020-12-01""",
        columns={"Work email": "email", "Personal email": "", "First name": "first", "Preferred first name": ""},
    ),
    Case(
        "paychex",
        "Employee Census.csv",
        PAYCHEX,
        """
        Robert T Stone Jr.|robert.stone@example.org|0012|||2018-01-15
        Grace Adeyemi|grace.adeyemi@example.org|0013|||2022-02-28""",
    ),
    Case(
        "rippling",
        "people.csv",
        RIPPLING,
        """
        Marta Ruiz|marta@example.org||Harbor Mall|Officer|2024-03-04
        Kofi Mensah|kofi@example.org||Pier 9|Lead|2023-11-12""",
        columns={"Employee": "name"},
    ),
    Case(
        "tracktik",
        "employees.csv",
        TRACKTIK,
        """
        Marta Ruiz|marta@example.org|88121|Northeast|Guard|2019-03-14
        Kofi Mensah|kofi@example.org|88122|Northeast|Guard|2021-10-02""",
        columns={"Employee ID": "employee_number", "Custom ID": "", "Region": "teams"},
    ),
    Case(
        "silvertrac",
        "officers.csv",
        SILVERTRAC,
        """
        Marta Ruiz|marta@example.org|0041|Harbor Mall||
        Kofi Mensah|kofi@example.org|0042|Pier 9||""",
        columns={"Officer": "name", "Badge #": "employee_number", "Post Site": "teams", "Active": "status"},
    ),
    Case(
        "workday",
        "Headcount.xlsx",
        WORKDAY,
        """
        Marta Ruiz|marta@example.org|000412|Harbor Mall|Officer|2019-03-14
        Kofi Mensah|kofi@example.org|000415|Pier 9|Officer|2021-10-02""",
        columns={"Worker": "name"},
    ),
    Case(
        "quickbooks",
        "Employee Contact List.csv",
        QUICKBOOKS,
        """
        Marta Ruiz|marta@example.org||||2019-03-14
        Kofi Mensah|kofi@example.org||||2021-10-02""",
        columns={"Employee": "name", "SS No.": ""},
    ),
    Case(
        "big-system",
        "HR_EXTRACT.TXT",
        BIG_SYSTEM,
        """
        MARTA L RUIZ|mruiz@example.org|00000412|Harbor Mall|SECURITY OFFICER|2019-03-14
        KOFI MENSAH|kmensah@example.org|00000415|PIER 9|SECURITY OFFICER|2021-10-02""",
        columns={
            "EMP_NO": "employee_number",
            "FULL_NM": "name",
            "EMAIL_ADDR": "email",
            "HIRE_DT": "hired_on",
            "JOB_CD": "",
            "JOB_TTL_DESC": "job_title",
            "ORG_LVL_3": "teams",
        },
    ),
    Case(
        "headings-on-each-page",
        "report.csv",
        PAGES,
        """
        Marta Ruiz|marta@example.org|412|||2019-03-14
        Kofi Mensah|kofi@example.org|415|||2021-10-02
        Dora Day|dora@example.org|416|||2022-05-25""",
        left_out=4,
    ),
    Case(
        "subtotals-by-site",
        "hours.csv",
        SUBTOTALS,
        """
        Marta Ruiz|marta@example.org||||
        Kofi Mensah|kofi@example.org||||
        Dora Day|dora@example.org||||""",
        left_out=5,
    ),
    Case(
        "rehires",
        "rehires.csv",
        REHIRES,
        """
        Marta Ruiz|marta@example.org||||2023-06-20
        Kofi Mensah|kofi@example.org||||2021-10-22""",
    ),
    Case(
        "statuses",
        "statuses.csv",
        STATUSES,
        """
        Marta Ruiz|marta@example.org||||
        Kofi Mensah|kofi@example.org||||
        Dora Day|dora@example.org||||
        Nia Bell|nia@example.org||||""",
        gone=("Dana Dow", "Bob Builder"),
    ),
    Case(
        "status-codes",
        "codes.csv",
        CODES,
        """
        Marta Ruiz|marta@example.org|0041|||
        Kofi Mensah|kofi@example.org|0042|||""",
        gone=("Dana Dow",),
    ),
]

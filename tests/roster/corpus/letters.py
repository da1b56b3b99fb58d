"""Rosters in other encodings, with other separators, and with letters that nobody sees."""

from __future__ import annotations

import codecs

from tests.roster.corpus.case import Case, lines

SPANISH = lines(
    """
Nombre;Apellidos;Correo electrónico;Número de empleado;Puesto;Fecha de ingreso;Sede
José;Peña Muñoz;jose@example.org;0041;Guardia;14/03/2019;Plaza Norte
Begoña;Ibáñez;begona@example.org;0042;Supervisora;02/10/2021;Muelle 9
""",
    "cp1252",
)

MEXICAN = codecs.BOM_UTF8 + lines("""
LISTA DE PERSONAL,,,,,,
Turno nocturno,,,,,,
No. de empleado,Apellido paterno,Apellido materno,Nombre(s),Correo,Fecha de alta,Sucursal
007,García,López,María José,maria@example.org,4 de marzo de 2019,Centro
008,Hernández,Ruiz,Juan,juan@example.org,15/ene/2020,Centro
009,Pérez,,Ana,ana@example.org,3-ago-2021,Aeropuerto
""")

MAC = lines(
    "\nName,Email,Job Title\nJosé Peña,jose@example.org,Guard\nZoë Müller,zoe@example.org,Guard\n", "mac_roman", "\r"
)

POLISH = lines(
    "\nName;Email;Team\nŁukasz Wiśniewski;lukasz@example.org;Harbor Mall\nZofia Żak;zofia@example.org;Pier 9\n",
    "cp1250",
)

UNICODE_TEXT = codecs.BOM_UTF16_LE + lines(
    "\nName\tEmail\tHire Date\nZoë Müller\tzoe@example.org\t3/14/2019\nŁukasz Żak\tlukasz@example.org\t10/25/2021\n",
    "utf-16-le",
)

BARE_UTF16 = lines("\nName\tEmail\nMarta Ruiz\tmarta@example.org\nKofi Mensah\tkofi@example.org\n", "utf-16-le")

SEPARATOR_LINE = lines(
    '\nsep=;\n"Name";"Email";"Team"\n"Ruiz; Marta";"marta@example.org";"A"\n"Kofi Mensah";"kofi@example.org";"A"\n'
)

PIPES = lines("""
| Name | Email | Title |
|------|-------|-------|
| Marta Ruiz | marta@example.org | Guard |
| Kofi Mensah | kofi@example.org | Guard |
""")

BREAKS = lines('''
"Employee
Name","Email
Address","Job
Title","Address"
"Marta Ruiz","marta@example.org","Guard","12 Main St
Apt 4"
"Kofi
Mensah","kofi@example.org
","Shift
Lead","9 Elm St, ""Rear"""
''')

MIXED = b"Name,Email\r\nZo\xc3\xab M\xc3\xbcller,zoe@example.org\r\nJos\xe9 Ruiz,jose@example.org\r\n"

GARBLED = lines("\nName,Email\nJosÃ© Ruiz,jose@example.org\nMarta Ruiz,marta@example.org\n")

LOST = lines("\nName,Email\nMar?a L?pez,maria@example.org\nKofi Mensah,kofi@example.org\n", "ascii")

INVISIBLE = lines(
    "\n\u200bName\u00a0,Email\u200b,Employee\u00a0ID\n"
    "\u00a0Marta\u00a0Ruiz\u200b,\u200bmarta@example.org\u00a0,\u00a00041\n"
    "Ko\u00adfi  Mensah ,kofi@example.org\ufeff,0042\u200b\n"
)

RIGHT_TO_LEFT = lines(
    "\nName,Email,Team\n\u200fمحمد علي\u200f,mohamed@example.org,Harbor Mall\nנועה כהן,noa@example.org,Harbor Mall\n"
)

OVERRIDE = lines("\nName,Email\nAnn \u202eeeL,ann@example.org\nKofi Mensah,kofi@example.org\n")

SCRIPTS = lines(
    "\nName,Email\nAna 🌟 Flores,ana@example.org\n王小明,wang@example.org\nNguyễn Thị Hoa,hoa@example.org\n"
)

DECOMPOSED = lines(
    "\nName,Email,Team\nJose\u0301 Ruiz,jose@example.org,Cafe\u0301\nZoe\u0308 Day,zoe@example.org,Café\n"
)

ZEROS = lines(
    "\nName,Email,Employee ID\nMarta Ruiz,marta@example.org,0041\n\0\0,,\nKofi Mensah,kofi@example.org,0042\n"
)

TRAILING = lines("""
Name,Email,Team,,,
Marta Ruiz,marta@example.org,Harbor Mall,,,,,,
,,,,,
Kofi Mensah,kofi@example.org
,,,,,
,,,,,
""")

PASTED = lines(
    """
Northgate Guard – shift list (updated Friday)

Name\tE-mail\tPhone\tSite
Marta Ruiz\tmailto:marta@example.org\t212-555-0147\tHarbor Mall
Kofi Mensah\tKofi Mensah <kofi@example.org>\t212-555-0148\tPier 9
Dora Day\t<dora@example.org>\t212-555-0149\tPier 9
""",
    end="\n",
)

UTF32 = codecs.BOM_UTF32_LE + lines("\nName,Email\nMarta Ruiz,marta@example.org\n", "utf-32-le")

CASES = [
    Case(
        "spanish-1252",
        "plantilla.csv",
        SPANISH,
        """
        José Peña Muñoz|jose@example.org|0041|Plaza Norte|Guardia|2019-03-14
        Begoña Ibáñez|begona@example.org|0042|Muelle 9|Supervisora|2021-10-02""",
    ),
    Case(
        "mexican",
        "personal.csv",
        MEXICAN,
        """
        María José García López|maria@example.org|007|Centro||2019-03-04
        Juan Hernández Ruiz|juan@example.org|008|Centro||2020-01-15
        Ana Pérez|ana@example.org|009|Aeropuerto||2021-08-03""",
    ),
    Case(
        "mac-roman",
        "Guards.csv",
        MAC,
        """
        José Peña|jose@example.org|||Guard|
        Zoë Müller|zoe@example.org|||Guard|""",
        reading="mac-roman",
    ),
    Case(
        "polish-1250",
        "lista.csv",
        POLISH,
        """
        Łukasz Wiśniewski|lukasz@example.org||Harbor Mall||
        Zofia Żak|zofia@example.org||Pier 9||""",
        reading="windows-1250",
    ),
    Case(
        "unicode-text",
        "Book1.txt",
        UNICODE_TEXT,
        """
        Zoë Müller|zoe@example.org||||2019-03-14
        Łukasz Żak|lukasz@example.org||||2021-10-25""",
    ),
    Case(
        "utf-16-without-mark",
        "export.txt",
        BARE_UTF16,
        """
        Marta Ruiz|marta@example.org||||
        Kofi Mensah|kofi@example.org||||""",
    ),
    Case("utf-32", "export.txt", UTF32, "Marta Ruiz|marta@example.org||||"),
    # With semicolons around it, "Ruiz; Marta" is one cell; a name with a semicolon in it is none.
    Case("separator-line", "export.csv", SEPARATOR_LINE, "Kofi Mensah|kofi@example.org||A||", left_out=1),
    Case(
        "table-of-pipes",
        "",
        PIPES,
        """
        Marta Ruiz|marta@example.org|||Guard|
        Kofi Mensah|kofi@example.org|||Guard|""",
        left_out=1,
    ),
    Case(
        "breaks-in-cells",
        "export.csv",
        BREAKS,
        """
        Marta Ruiz|marta@example.org|||Guard|
        Kofi Mensah|kofi@example.org|||Shift Lead|""",
    ),
    Case("two-encodings", "joined.csv", MIXED, "Zoë Müller|zoe@example.org||||", left_out=1),
    Case("garbled-before-us", "export.csv", GARBLED, "Marta Ruiz|marta@example.org||||", left_out=1),
    Case("lost-letters", "export.csv", LOST, "Kofi Mensah|kofi@example.org||||", left_out=1),
    Case(
        "invisible-letters",
        "export.csv",
        INVISIBLE,
        """
        Marta Ruiz|marta@example.org|0041|||
        Kofi Mensah|kofi@example.org|0042|||""",
    ),
    Case(
        "right-to-left",
        "names.csv",
        RIGHT_TO_LEFT,
        """
        محمد علي|mohamed@example.org||Harbor Mall||
        נועה כהן|noa@example.org||Harbor Mall||""",
    ),
    Case(
        "override",
        "names.csv",
        OVERRIDE,
        """
        Kofi Mensah|kofi@example.org||||""",
        left_out=1,
    ),
    Case(
        "many-scripts",
        "names.csv",
        SCRIPTS,
        """
        Ana 🌟 Flores|ana@example.org||||
        王小明|wang@example.org||||
        Nguyễn Thị Hoa|hoa@example.org||||""",
    ),
    Case(
        "decomposed",
        "mac.csv",
        DECOMPOSED,
        """
        José Ruiz|jose@example.org||Café||
        Zoë Day|zoe@example.org||Café||""",
    ),
    Case(
        "zero-bytes",
        "export.csv",
        ZEROS,
        """
        Marta Ruiz|marta@example.org|0041|||
        Kofi Mensah|kofi@example.org|0042|||""",
    ),
    Case(
        "empty-columns-and-lines",
        "export.csv",
        TRAILING,
        """
        Marta Ruiz|marta@example.org||Harbor Mall||
        Kofi Mensah|kofi@example.org||||""",
    ),
    Case(
        "pasted",
        "",
        PASTED,
        """
        Marta Ruiz|marta@example.org||Harbor Mall||
        Kofi Mensah|kofi@example.org||Pier 9||
        Dora Day|dora@example.org||Pier 9||""",
    ),
]

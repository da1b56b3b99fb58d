"""Made-up names. Which of them does well or badly is drawn apart from the name."""

from __future__ import annotations

FIRM = "Two Lanterns Security"
ZONE = "America/New_York"
DOMAIN = "demo.example"

SITES = (
    "Harbor Mall", "Motel 95", "Airport Inn", "Bus Terminal", "Riverside Apartments", "Granite Hospital", "Mill Museum",
    "Blueberry Distribution Center", "Ferry Dock", "Truck Plaza Exit 42", "Lighthouse Hotel", "Pine Street Campus",
    "Old Cannery", "County Fairgrounds", "Tidewater Casino", "Maple Outlets", "Ski Lodge North", "Fish Pier",
    "Convention Hall", "Seaside Boardwalk", "Timber Yard", "Summit Offices", "Elm Parking Garage", "Lakeside Resort",
    "Potato Warehouse", "Night Patrol A", "Night Patrol B", "Event Crew", "Relief Crew", "Dispatch",
)  # fmt: skip

FIRST = (
    "Aaliyah", "Abdi", "Agnieszka", "Aisha", "Alejandra", "Amara", "Andre", "Anh", "Ben", "Camille", "Carlos", "Chen",
    "Daniela", "Darius", "Dmitri", "Eamon", "Elena", "Emeka", "Esther", "Fatima", "Felix", "Gabriela", "Grace", "Hana",
    "Hassan", "Henri", "Ibrahim", "Imani", "Ingrid", "Isaac", "Ivy", "Jamal", "Jin", "Joanna", "José", "Kamila", "Kofi",
    "Kwame", "Lars", "Latoya", "Leila", "Liam", "Lucía", "Malik", "Marie", "Mateo", "Mei", "Miguel", "Mila", "Nadia",
    "Nia", "Noah", "Nora", "Omar", "Owen", "Patrick", "Priya", "Quinn", "Rafael", "Rosa", "Ruth", "Samir", "Siobhan",
    "Sofia", "Tariq", "Tess", "Thanh", "Tomás", "Wanjiru", "Yara", "Yusuf", "Zoë",
)  # fmt: skip

LAST = (
    "Abara", "Adeyemi", "Almeida", "Anders", "Bauer", "Beaulieu", "Bello", "Berg", "Bouchard", "Brooks", "Castillo",
    "Chaudhry", "Cho", "Clarke", "Cyr", "Dang", "Delgado", "Diallo", "Doyle", "Dube", "Eriksen", "Farah", "Figueroa",
    "Fontaine", "Gagnon", "Garcia", "Grant", "Haddad", "Hassan", "Hayes", "Huang", "Ionescu", "Jackson", "Joseph",
    "Kamara", "Kaplan", "Khan", "Kowalski", "Lavoie", "Levesque", "Lindqvist", "Mendoza", "Moreau", "Mwangi", "Nakano",
    "Ncube", "Ngo", "Novak", "Nowak", "O’Brien", "Okafor", "Oliveira", "Osei", "Ouellette", "Park", "Pelletier", "Pham",
    "Ramos", "Reyes", "Rossi", "Salazar", "Sato", "Sawyer", "Singh", "Sokolov", "Soto", "Tanaka", "Tesfaye", "Thibault",
    "Tran", "Vargas", "Walker", "Warsame", "Weiss", "Wright", "Yilmaz", "Young", "Zhang",
)  # fmt: skip

TITLES = ("Guard", "Guard", "Guard", "Guard", "Patrol officer", "Shift lead", "Desk officer")

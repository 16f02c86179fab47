"""The table that the scanner is measured on: fabricated people, real ways of writing."""

from __future__ import annotations

from samskap.services.scanner import Finds

TO_NOTICE = [
    ("Kjøre til dagsenter, diagnosen er demens", Finds.DIAGNOSIS),
    ("Mann med begynnende demenssykdom", Finds.DIAGNOSIS),
    ("Hun er dement og bor alene", Finds.DIAGNOSIS),
    ("har KOLS og blir fort sliten", Finds.DIAGNOSIS),
    ("kols", Finds.DIAGNOSIS),
    ("Dame med angst som vil ut", Finds.DIAGNOSIS),
    ("sliter med depresjon", Finds.DIAGNOSIS),
    ("deprimert etter nyttår", Finds.DIAGNOSIS),
    ("har hatt kreft", Finds.DIAGNOSIS),
    ("kreftpasient i 60-årene", Finds.DIAGNOSIS),
    ("etter hjerneslaget i vår", Finds.DIAGNOSIS),
    ("etter slag går det saktere", Finds.DIAGNOSIS),
    ("Parkinsons sykdom", Finds.DIAGNOSIS),
    ("gutt med ADHD", Finds.DIAGNOSIS),
    ("har MS og bruker rullator", Finds.DIAGNOSIS),
    ("rusavhengig mann", Finds.DIAGNOSIS),
    ("psykisk syk", Finds.DIAGNOSIS),
    ("Ho har fått Alzheimer", Finds.DIAGNOSIS),
    ("lårhalsbrot i haust", Finds.DIAGNOSIS),
    ("hjartesvikt", Finds.DIAGNOSIS),
    ("sjølvmordstankar", Finds.DIAGNOSIS),
    ("ein mann med kognitiv svikt", Finds.DIAGNOSIS),
    ("diabetiker", Finds.DIAGNOSIS),
    ("She has dementia", Finds.DIAGNOSIS),
    ("a man with COPD", Finds.DIAGNOSIS),
    ("recovering from a stroke", Finds.DIAGNOSIS),
    ("bipolar lidelse", Finds.DIAGNOSIS),
    ("er døv", Finds.DIAGNOSIS),
    ("blind kvinne", Finds.DIAGNOSIS),
    ("autistisk gutt", Finds.DIAGNOSIS),
    ("etter hofteoperasjon", Finds.DIAGNOSIS),
    ("Ring 400 00 000 for avtale", Finds.PHONE),
    ("tlf. 40000000", Finds.PHONE),
    ("mobil: 40 00 00 00", Finds.PHONE),
    ("+47 40000000", Finds.PHONE),
    ("004740000000", Finds.PHONE),
    ("61 26 81 00 på dagtid", Finds.PHONE),
    ("+46 70 123 45 67", Finds.PHONE),
    ("Kontakt kari@eksempel.example", Finds.EMAIL),
    ("kari.nordmann(at)eksempel.example", Finds.EMAIL),
    ("Bor i Kongsvegen 325", Finds.ADDRESS),
    ("storgata 3B", Finds.ADDRESS),
    ("Møt opp i Bakkegata 12", Finds.ADDRESS),
    ("KONGSVEGEN 1840", Finds.ADDRESS),
    ("gnr. 11 bnr. 22", Finds.ADDRESS),
    ("Solbakken 4", Finds.ADDRESS),
    ("Kari Nordmann på Tretten", Finds.NAME),
    ("følge Ola Lien til butikken", Finds.NAME),
    ("Per Arne Haugen trenger skyss", Finds.NAME),
    ("Besøk til Fatima Brekke", Finds.NAME),
    ("Marit Dal", Finds.NAME),
    ("Hjelpe Solveig Kleiven med BankID", Finds.NAME),
    ("Anne-Lise Berg", Finds.NAME),
    ("Piotr Kowalska", Finds.NAME),
    ("rom 12 på helsehuset", Finds.ROOM),
    ("leilighet 3B", Finds.ROOM),
    ("Leil. 204", Finds.ROOM),
    ("bolignummer H0201", Finds.ROOM),
    ("room 7", Finds.ROOM),
    ("født 12.03.1940", Finds.BIRTH_DATE),
    ("f. 1.2.40", Finds.BIRTH_DATE),
    ("fødd 3. mai 1938", Finds.BIRTH_DATE),
    ("born 3 May 1938", Finds.BIRTH_DATE),
]

TO_LET_STAND = [
    "Gåturer med en mann på Tretten som vil komme seg til butikken selv igjen",
    "Lese høyt på Sundgaarden tirsdager kl 11",
    "Hjelpe med BankID og nettbrett på biblioteket",
    "Leksehjelp for ungdomsskoleelever",
    "Vaffelsteiking på kulturkveld 14.03.2026 kl. 17-21",
    "Besøksvenn for dame, 85 år, glad i strikking og slektsgransking",
    "Språkkafé, ukrainsk og norsk",
    "Rydde stien til Nordhue",
    "Følge til trening i varmtvannsbasseng",
    "Demensvennlig kafé hver onsdag",
    "Samle inn penger til Kreftforeningen",
    "Nasjonalforeningen for folkehelsen og Demensforeningen inviterer",
    "Han vil få kreftene tilbake og gå selv",
    "Trenger noen med krefter til å bære ved",
    "Alle slag fugler",
    "Vi spiller kort og spiser kake",
    "Fra 1. desember 2026 til 31. mai 2027",
    "Hver mandag og torsdag kl. 10.00–11.30",
    "20 personer, 12 stoler, 300 kroner",
    "Dugnad lørdag 6. juni kl. 10-14, 12 plasser",
    "Poststed 2635 Tretten og 2636 Øyer",
    "Organisasjonsnummer 311 046 349",
    "Kurs 2026-03-14 til 2026-03-15",
    "Røde Kors Besøkstjeneste er med",
    "Øyer Ungdomsskole og Tretten Skule",
    "Møt opp ved Tretten Bygdehus",
    "Turen går fra Øyer Kirke til Hafjell Alpinsenter",
    "Vi leser Peer Gynt høyt",
    "Lillehammer og Østre Gausdal",
    "Fotballkamp på Lillehammer Stadion",
    "Kafé i Øyer Frivilligsentral",
    "Rolig tempo, 2 km langs Lågen",
    "Vi har rom for 12 stykker",
    "Møterom 2 i kommunehuset",
    "På Haugen 85 år etter",
    "Gå langs vegen 3 km",
    "Trekker seg tilbake 2 ganger i uka",
    "Uke 20 21 22 23",
    "En dame i 80-årene som er glad i musikk",
    "Mann i 70-åra vil på kino",
    "A walk by the river, about 2 km",
    "Learning Norwegian at the library on Tuesday",
    "Snakke rolig og tydelig, og ha god tid",
    "Stol på at det ordner seg",
    "Bruker rullator og trenger pauser",
    "Hørselen er ikke den beste, så snakk tydelig",
    "Vi trenger en Sjåfør med bil",
    "Hundepass for en liten hund",
    "Snø, ved og hage",
    "Bær og sopp i fjellet",
    "Ta med egen kopp. Kaffe finnes.",
    "Strikkekafé på Jorekstad Fritidsbad",
    "Åpent 9–12 og 17–19",
    "Meld fra innen 01.12.2026",
    "",
    " ",
]

KNOWN_MISSES = [
    ("Kari trenger følge til butikken", Finds.NAME),
    ("bor rett bak kirka, det gule huset", Finds.ADDRESS),
    ("telefonen er fire null null, null null, null null null", Finds.PHONE),
    ("hun glemmer alt mulig", Finds.DIAGNOSIS),
]
"""What a person sees and the scanner does not."""

KNOWN_FALSE_ALARMS = [
    "Jazz med Miles Davis på menyen",
    "Foredrag: hva er depresjon?",
    "Ring legevakta på 61 25 14 50",
]
"""What the scanner asks about and a person would let stand: it never blocks, so the price is one glance."""

NEEDS = """Område;Beskrivelse;Postnr;Tid;Antall;Meldt av
Hverdagsrehab;Gåturer med en mann på Tretten som vil komme seg til butikken selv igjen;2635;når det passer;1;skulen
Kultur;Lese høyt på Sundgaarden tirsdager kl 11;2636;tirsdag 11-12;2;frivilligsentralen
Digital hjelp;Hjelpe med BankID og nettbrett på biblioteket;2636;onsdager 12.00-14.00;3;frivilligsentralen
Oppvekst;Leksehjelp for ungdomsskoleelever;2635;man+tor 15-17;4;NAV
Kultur;Vaffelsteiking på kulturkveld 14.03.2026 kl. 17-21;2636;engangs;5;hjemmetjenesten
Omsorg;Besøksvenn for dame, 85 år, glad i strikking og slektsgransking;2635;én gang i uka;1;hjemmetjenesten
Integrering;Språkkafé, ukrainsk og norsk;2636;torsdag 18–20;6;hjemmetjenesten
Uteliv;Rydde stien til Nordhue;2636;dugnad lørdag 6. juni;12;Tretten skule
Hverdagsrehab;Følge til trening i varmtvannsbasseng;2636;fredager 10;1;kultursjef
Omsorg;Kjøre til dagsenter, diagnosen er demens;2635;hver dag 9;2;frivilligsentralen
"""

"""Toy dictionaries, small enough to read: a few words that say the same, in English and German.

Real systems take a thesaurus such as WordNet and a trained translation model.
"""

_GROUPS = """
good fine decent
great excellent wonderful superb
bad poor awful
terrible dreadful horrible
funny amusing comical
boring dull tedious
sad unhappy gloomy
happy glad cheerful
big large huge
small little tiny
fast quick rapid
slow sluggish
new fresh recent
old ancient aged
strange odd weird
clever smart bright
beautiful lovely gorgeous
difficult hard tough
easy simple effortless
important significant crucial
interesting engaging gripping
film movie picture
story tale plot
actor performer player
beginning start opening
end ending finale
answer reply response
help support assistance
problem issue trouble
error mistake fault
order purchase
customer client buyer
company firm business
phone telephone
car automobile vehicle
house home residence
road street lane
doctor physician
child kid youngster
friend companion pal
begin start commence
buy purchase acquire
repair fix mend
like enjoy love
dislike hate detest
send ship dispatch
show display present
say state declare
think believe suppose
want wish desire
need require
get receive obtain
very really extremely
often frequently regularly
quickly rapidly swiftly
almost nearly practically
"""

_TRANSLATIONS = """
gut: good fine decent
großartig: great excellent wonderful superb
schlecht: bad poor
schrecklich: terrible awful dreadful horrible
lustig: funny amusing comical
langweilig: boring dull tedious
traurig: sad unhappy gloomy
glücklich: happy glad cheerful
groß: big large huge
klein: small little tiny
schnell: fast quick rapid quickly rapidly swiftly
langsam: slow sluggish
neu: new recent
alt: old ancient aged
seltsam: strange odd weird
klug: clever smart bright
schön: beautiful lovely gorgeous
schwierig: difficult hard tough
einfach: easy simple effortless
wichtig: important significant crucial
spannend: exciting gripping engaging interesting
Film: film movie picture
Geschichte: story tale plot
Schauspieler: actor performer
Anfang: beginning start opening
Ende: end ending finale
Antwort: answer reply response
Hilfe: help support assistance
Problem: problem issue trouble
Fehler: error mistake fault
Bestellung: order purchase
Kunde: customer client buyer
Firma: company firm business
Telefon: phone telephone
Auto: car automobile vehicle
Haus: house home residence
Straße: street road lane
Arzt: doctor physician
Kind: child kid youngster
Freund: friend companion pal
mögen: like enjoy
lieben: love
hassen: hate detest
schicken: send ship dispatch
zeigen: show display present
sagen: say state declare
denken: think suppose
wollen: want wish
brauchen: need require
bekommen: get receive obtain
sehr: very really extremely
oft: often frequently regularly
fast: almost nearly practically
der: the
ein: a an
und: and
aber: but
war: was
ist: is
mein: my
ich: i
"""


def _read_synonyms(groups: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in groups.split("\n"):
        words = line.split()
        for word in words:
            others = (other for other in words if other != word)
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), *others)))
    return found


_BY_GERMAN = {
    german: english.split()
    for german, english in (line.split(": ") for line in _TRANSLATIONS.strip().split("\n"))
}

SYNONYMS = _read_synonyms(_GROUPS)
"""A toy thesaurus: about 150 English words, each with a few that can stand in its place."""

ENGLISH_GERMAN = {word: german for german, english in _BY_GERMAN.items() for word in english}
"""A toy dictionary into German; words of about the same meaning have one translation."""

GERMAN_ENGLISH = {german: english[0] for german, english in _BY_GERMAN.items()}
"""The way back: one English word for each German one."""

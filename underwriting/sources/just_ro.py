"""Romanian court files: the query service of portal.just.ro (SOAP 1.1). Pure.

The service knows parties by name only, is spoken to over plain HTTP, and does not hold every court. What it says is
therefore possible, never more, until a person has compared the company's number with the file or with the BPI.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from underwriting.sources.filing import BadPayload, plain
from underwriting.sources.notices import Kind, LegalNotice, MatchedBy, Notices, newest_first, shortened
from underwriting.sources.questions import Question, Reply, Source

SOURCE = Source(
    name="portal.just.ro",
    address="http://portalquery.just.ro",
    licence="Public information of the Romanian courts (portal.just.ro)",
    requests=1,
    per_seconds=1.0,
    fresh_seconds=6 * 3600,
    timeout_seconds=20.0,
    has_https=False,
)
MOST_FILES = 1000
_NAMESPACE = "{portalquery.just.ro}"
_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soap:Body><CautareDosare xmlns="portalquery.just.ro">'
    "<numarDosar></numarDosar><obiectDosar></obiectDosar><numeParte>{name}</numeParte>"
    '<institutie xsi:nil="true" />'
    "<dataStart>{since}T00:00:00.000Z</dataStart><dataStop>{until}T23:59:59.000Z</dataStop>"
    "</CautareDosare></soap:Body></soap:Envelope>"
)
# The service writes the cedilla where today's Romanian has a comma below.
_CEDILLAS = str.maketrans({"ș": "ş", "Ș": "Ş", "ț": "ţ", "Ț": "Ţ", ".": None})
_LEGAL_FORMS = frozenset({"srl", "sa", "sca", "snc", "scs", "srld", "ra", "ii", "if", "pfa"})
# "ALFA SRL", "ALFA SRL în insolvenţă", "ALFA prin administrator judiciar ...": not "ALFA BETA SRL".
_MAY_FOLLOW = _LEGAL_FORMS | {"in", "prin"}
_DEBTOR = "debitor"

# What a court says of the proceedings at the end of a hearing, in plain letters.
_SAID = (
    (r"\b(inchide|inchiderea|inchisa)\b.*\bprocedur", Kind.CLOSED_PROCEEDINGS),
    (r"\b(intrarea in faliment|deschide\w* procedur\w* (simplificat\w*|falimentului)|faliment)\b", Kind.LIQUIDATION),
    (r"\bconfirma\b.*\bplan\w* de reorganizare\b", Kind.REORGANISATION),
    (r"\bdeschide\w*\b.*\bprocedur", Kind.INSOLVENCY),
)
_REFUSED = re.compile(r"\b(respinge|anuleaza)\b.*\b(cererea|actiunea)\b")


def question(name: str, *, since: date, until: date) -> Question:
    """The court files of those days with a party of that name."""
    body = _ENVELOPE.format(name=escape(as_searched(name)), since=since.isoformat(), until=until.isoformat())
    return Question(
        path="/query.asmx",
        method="POST",
        headers={
            "Content-Type": "text/xml; charset=utf-8",
            "Accept": "text/xml",
            "SOAPAction": '"portalquery.just.ro/CautareDosare"',
        },
        body=body.encode("utf-8"),
    )


def as_searched(name: str) -> str:
    """A name as the service keeps it: cedillas, no dots, nothing that is not printed. Raises ValueError for none."""
    searched = " ".join("".join(char if char.isprintable() else " " for char in name.translate(_CEDILLAS)).split())
    if not _words_of(searched):
        raise ValueError("a name is needed to search the courts")
    return searched


def read(reply: Reply, *, name: str) -> Notices | None:
    """The insolvency files in which a party of that name is the debtor; None when there is none. Raises BadPayload."""
    files = _files(reply.content)
    notices = [_notice(file) for file in files if _is_insolvency(file) and _is_debtor(file, name)]
    return Notices(newest_first(notices), is_complete=len(files) < MOST_FILES) if notices else None


def _files(content: bytes) -> Sequence[Element]:
    """The files of an answer. One without a result holds none; one without a response is none."""
    try:
        envelope: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise BadPayload("", f"not XML that can be read ({type(error).__name__})") from error
    response = envelope.find(f".//{_NAMESPACE}CautareDosareResponse")
    if response is None:
        raise BadPayload("", "CautareDosareResponse is missing")
    return response.findall(f"{_NAMESPACE}CautareDosareResult/{_NAMESPACE}Dosar")


def _is_insolvency(file: Element) -> bool:
    return plain(_text(file, "categorieCazNume")) == "faliment" or "insolven" in plain(_text(file, "obiect"))


def _is_debtor(file: Element, name: str) -> bool:
    """Whether a debtor in the file bears that name, whatever the legal form, the order and what follows it."""
    return any(
        plain(_text(party, "calitateParte")).startswith(_DEBTOR) and is_same_name(_text(party, "nume"), name)
        for party in _each(file, "parti", "DosarParte")
    )


def is_same_name(party: str, name: str) -> bool:
    """Whether a party's name is the one searched: it may be followed by its form, its state or its administrator."""
    wanted = [word for word in _words_of(name) if word not in _LEGAL_FORMS]
    found = _words_of(party)
    after = found[len(wanted) :]
    return bool(wanted) and found[: len(wanted)] == wanted and (not after or after[0] in _MAY_FOLLOW)


def _words_of(name: str) -> list[str]:
    """The words of a name in plain letters, without the "S.C." some write before it."""
    words = re.findall("[a-z0-9]+", plain(name.translate(_CEDILLAS)))
    return words[1:] if words[:1] == ["sc"] else words


def _notice(file: Element) -> LegalNotice:
    number = _text(file, "numar")
    if not re.fullmatch(r"[0-9]{1,9}/[0-9]{1,5}/[0-9]{4}[0-9A-Za-z*./ -]{0,20}", number):
        raise BadPayload("numar", f"a file's number such as 1234/3/2024 is expected, not {number[:40]!r}")
    kind, judged_on = _outcome(file)
    return LegalNotice(
        source=SOURCE.name,
        notice_id=number,
        kind=kind,
        published_on=_day(_text(file, "data")) or _missing("data", number),
        judged_on=judged_on,
        court=_spaced(_text(file, "institutie")),
        text=_told(file),
        link=f"https://portal.just.ro/SitePages/cautare.aspx?k={number.split()[0]}",
        matched_by=MatchedBy.NAME,
    )


def _outcome(file: Element) -> tuple[Kind, date | None]:
    """What the file came to, by what the court said last of the proceedings, and when.

    A file begins with a petition: until the court opens proceedings there are none, and it may refuse to.
    """
    hearings = _hearings(file)
    for day, said in reversed(hearings):
        for words, kind in _SAID:
            if re.search(words, said):
                return kind, day
    refused = [day for day, said in hearings if _REFUSED.search(said)]
    return (Kind.OTHER, refused[-1]) if refused else (Kind.WINDING_UP_PETITION, None)


def _hearings(file: Element) -> list[tuple[date, str]]:
    """The hearings with what was decided, oldest first."""
    found = []
    for hearing in _each(file, "sedinte", "DosarSedinta"):
        day = _day(_text(hearing, "dataPronuntare")) or _day(_text(hearing, "data"))
        if day:
            found.append((day, plain(f"{_text(hearing, 'solutie')} {_text(hearing, 'solutieSumar')}")))
    return sorted(found)


def _told(file: Element) -> str:
    """What the file says of itself, with its last hearing, in the court's words."""
    last = max(_each(file, "sedinte", "DosarSedinta"), key=lambda each: _text(each, "data"), default=None)
    heard = [] if last is None else [_text(last, "data")[:10], _text(last, "solutie"), _text(last, "solutieSumar")]
    sentences = (_text(file, "obiect"), _text(file, "stadiuProcesualNume"), ": ".join(part for part in heard if part))
    return shortened(*(f"{sentence.rstrip('.')}." for sentence in sentences if sentence))


def _each(file: Element, group: str, item: str) -> Iterator[Element]:
    yield from file.iterfind(f"{_NAMESPACE}{group}/{_NAMESPACE}{item}")


def _text(element: Element, name: str) -> str:
    return " ".join((element.findtext(f"{_NAMESPACE}{name}") or "").split())


def _spaced(court: str) -> str:
    """The name of a court as people write it: "TribunalulBUCURESTI" is "Tribunalul BUCURESTI"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", court)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _missing(field: str, number: str) -> date:
    raise BadPayload(field, f"file {number} has no day that can be read")

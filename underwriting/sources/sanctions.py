"""The sanctions lists as questions to those who publish them. Pure; what is in a list is read by `screening.lists`."""

from collections.abc import Mapping
from dataclasses import dataclass

from underwriting.screening.lists.publications import PUBLICATIONS
from underwriting.sources.filing import BadPayload
from underwriting.sources.questions import Question, Reply, Source

MEGABYTE = 1024 * 1024
# OFAC hands its files out from a store of its hoster, under addresses signed for the moment.
_OFAC_STORE = (".s3.us-gov-west-1.amazonaws.com", ".s3.amazonaws.com")
# The EU's token is the same for everybody, and printed on its own page.
_EU_TOKEN = "dG9rZW4tMjAxNw"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Publisher:
    """Where a list is fetched: its files by the names they are loaded under."""

    source: Source
    files: Mapping[str, Question]


def _publisher(code: str, address: str, files: Mapping[str, Question], *, also_at: tuple[str, ...] = ()) -> Publisher:
    source = Source(
        name=f"sanctions-{code}",
        address=address,
        licence=PUBLICATIONS[code].licence,
        requests=6,
        per_seconds=60,
        fresh_seconds=0,
        timeout_seconds=150,
        largest_bytes=128 * MEGABYTE,
        also_at=also_at,
    )
    return Publisher(source, files)


def _file(path: str, kind: str, **parameters: str) -> Question:
    return Question(path, headers={"Accept": kind}, parameters=parameters, missing=frozenset())


def _ofac(code: str, *names: str) -> Publisher:
    address = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports"
    return _publisher(code, address, {name: _file(name, "text/csv, */*") for name in names}, also_at=_OFAC_STORE)


PUBLISHERS: Mapping[str, Publisher] = {
    "un": _publisher(
        "un",
        "https://scsanctions.un.org/resources/xml/en",
        {"consolidated.xml": _file("consolidated.xml", "application/xml, text/xml, */*")},
    ),
    "ofac_sdn": _ofac("ofac_sdn", "SDN.CSV", "ALT.CSV", "ADD.CSV"),
    "ofac_cons": _ofac("ofac_cons", "CONS_PRIM.CSV", "CONS_ALT.CSV", "CONS_ADD.CSV"),
    "eu": _publisher(
        "eu",
        "https://webgate.ec.europa.eu/fsd/fsf/public/files",
        {"eu.xml": _file("xmlFullSanctionsList_1_1/content", "application/xml, text/xml, */*", token=_EU_TOKEN)},
    ),
    "uk": _publisher(
        "uk",
        "https://sanctionslist.fcdo.gov.uk/docs",
        {"UK-Sanctions-List.csv": _file("UK-Sanctions-List.csv", "text/csv, */*")},
    ),
    "fr": _publisher(
        "fr",
        "https://gels-avoirs.dgtresor.gouv.fr/ApiPublic/api/v1/publication",
        {"fr.json": _file("derniere-publication-fichier-json", "application/json")},
    ),
}


def read_file(reply: Reply) -> bytes:
    """The file as it came; raises BadPayload for an empty one and for a page in its place."""
    if not reply.content:
        raise BadPayload("", "an empty file")
    head = reply.content.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise BadPayload("", "a page in place of the file")
    return reply.content

"""British legal notices: the insolvency feed of The Gazette, as JSON. Pure.

The feed is searched by the company's number as a text, and finds it anywhere or nearly. A notice is of the company
where that number stands in what the feed gives of it. It gives an excerpt: where the number does not stand there, the
notice is possible only.
"""

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

from underwriting.sources.filing import distrust, load_json, plain
from underwriting.sources.notices import Kind, LegalNotice, MatchedBy, Notices, newest_first, shortened
from underwriting.sources.questions import Question, Reply, Source
from unlockfocus.json_cases import InvalidCase, as_object, as_text, get, shown

SOURCE = Source(
    name="The Gazette",
    address="https://www.thegazette.co.uk",
    licence="Open Government Licence v3.0",
    requests=5,
    per_seconds=10.0,
    fresh_seconds=6 * 3600,
)
MOST_ENTRIES = 100
_NUMBER = re.compile("(?P<letters>[A-Z]{0,2})(?P<digits>[0-9]{6,8})")
# Without its leading zeros a number is a company's only where the words before it say so.
_SAID_TO_BE_A_NUMBER = r"(?:company|registered|registration)\s+(?:number|no\.?)\s*:?\s*"
# By the first three digits of the notice's code, unless the code itself says more.
_KINDS_OF_CHAPTERS = {
    "241": Kind.ADMINISTRATION,
    "243": Kind.VOLUNTARY_LIQUIDATION,
    "244": Kind.LIQUIDATION,
    "245": Kind.LIQUIDATION,
}
_PETITION = "2450"
_PERSONAL = "25"


def question(number: str) -> Question:
    """The insolvency notices that hold the company's number, newest first."""
    if not _NUMBER.fullmatch(number):
        raise ValueError(f"a company number has two letters or digits and six digits, not {number!r}")
    return Question(
        path="/insolvency/notice/data.json",
        parameters={"text": number, "results-page-size": str(MOST_ENTRIES), "sort-by": "latest-date"},
    )


def read(reply: Reply, *, number: str, name: str) -> Notices | None:
    """The notices that are or may be about that company; None when there is none. Raises BadPayload."""
    feed = load_json(reply.content)
    with distrust():
        total = get(feed, "f:total", _count)
        entries = list(_entries(feed))
        notices = [notice for entry in entries if (notice := _notice(entry, number, name))]
    return Notices(newest_first(notices), is_complete=total <= len(entries)) if notices else None


def _entries(feed: Any) -> Iterator[Any]:
    """Each entry; one alone comes as an object, none as nothing."""
    given = as_object(feed).get("entry")
    if given is None:
        return
    yield from given if isinstance(given, list) else [given]


def _notice(entry: Any, number: str, name: str) -> LegalNotice | None:
    """None for a notice about a person."""
    code = get(entry, "f:notice-code", as_text)
    if code.startswith(_PERSONAL):
        return None
    address = get(entry, "id", _address)
    title = get(entry, "title", as_text)
    told = _plain_text(as_object(entry).get("content"))
    text = shortened(f"{_category(entry)}.", "" if title in {told[: len(title)], _category(entry)} else title, told)
    return LegalNotice(
        source=SOURCE.name,
        notice_id=address.rsplit("/", 1)[-1],
        kind=_kind(code, text),
        published_on=get(entry, "published", _day),
        text=text,
        link=address.replace("/id/notice/", "/notice/"),
        matched_by=_matched_by(text, number, name),
    )


def _kind(code: str, text: str) -> Kind:
    words = plain(text)
    if code == _PETITION:
        return Kind.OTHER if "dismissal" in words else Kind.WINDING_UP_PETITION
    return _KINDS_OF_CHAPTERS.get(code[:3], Kind.OTHER)


def _matched_by(text: str, number: str, name: str) -> MatchedBy:
    if holds_number(text, number):
        return MatchedBy.NUMBER
    wanted, found = _words(name), _words(text)
    return MatchedBy.NAME if wanted and f" {wanted} " in f" {found} " else MatchedBy.SEARCH


def holds_number(text: str, number: str) -> bool:
    """Whether that very company number stands in the text: whole, or said to be one and without its leading zeros."""
    parts = _NUMBER.fullmatch(number)
    if parts is None:
        return False
    letters, digits = parts["letters"], parts["digits"]
    whole = rf"{letters}\s?{digits}"
    bare = rf"{_SAID_TO_BE_A_NUMBER}{letters}\s?0*{digits.lstrip('0')}"
    return bool(re.search(rf"(?<![0-9A-Za-z])(?:{whole}|{bare})(?![0-9A-Za-z])", text, re.IGNORECASE))


def _words(text: str) -> str:
    return " ".join(re.findall("[a-z0-9]+", plain(text)))


def _category(entry: Any) -> str:
    given = as_object(entry).get("category")
    term = given.get("@term") if isinstance(given, dict) else ""
    return term if isinstance(term, str) else ""


class _Text(HTMLParser):
    """The words of a piece of HTML, without its tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _plain_text(html: Any) -> str:
    if not isinstance(html, str):
        return ""
    parser = _Text()
    parser.feed(html[:100_000])
    parser.close()
    return "".join(parser.words)


def _address(value: Any) -> str:
    address = as_text(value)
    if not re.fullmatch(r"https://www\.thegazette\.co\.uk/(id/)?notice/[A-Za-z0-9-]{1,40}", address):
        raise InvalidCase("", f"the address of a notice is expected, not {shown(value)}")
    return address


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(as_text(value)[:10])
    except ValueError:
        raise InvalidCase("", f"an instant such as 2026-07-04T07:43:53 is expected, not {shown(value)}") from None


def _count(value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch("[0-9]{1,9}", text, re.ASCII):
        raise InvalidCase("", f"a number of notices is expected, not {shown(value)}")
    return int(text)

"""HTML to archival PDF, from our own files only. Importing this takes over a second: import it where a PDF is made."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from fontTools.ttLib import woff2
from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STATIC = Path(settings.BASE_DIR) / "static"


class ForbiddenResource(Exception):
    """A document asked for something that is not one of the product's own static files, or is missing there."""


class OwnStaticFiles(URLFetcher):
    """Reads files under `static/` and refuses every other address: no network, no other file, no data in an address."""

    def __init__(self) -> None:
        super().__init__(fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        address = urlsplit(url)
        path = Path(unquote(address.path)).resolve()
        if address.scheme != "file" or address.netloc or not path.is_relative_to(STATIC):
            raise ForbiddenResource(url)
        return URLFetcherResponse(url, _unpacked(path) if path.suffix == ".woff2" else path.read_bytes())


@cache
def _unpacked(font: Path) -> bytes:
    """A compressed font as the library wants it, once per process: unpacking takes a third of a certificate's time."""
    unpacked = BytesIO()
    woff2.decompress(BytesIO(font.read_bytes()), unpacked)
    return unpacked.getvalue()


def typeset(html: str, attachments: Sequence[Attachment] = ()) -> bytes:
    """The PDF/A-3b of a page whose addresses are relative to `static/`; raises ForbiddenResource.

    The same page gives the same bytes, as long as it states its own dates (`dcterms.created`, `dcterms.modified`).
    """
    document = HTML(string=html, base_url=f"{STATIC.as_uri()}/", url_fetcher=OwnStaticFiles())
    try:
        return document.write_pdf(pdf_variant="pdf/a-3b", attachments=list(attachments))
    except FatalURLFetchingError as refusal:
        raise ForbiddenResource(str(refusal)) from refusal


def attached_json(name: str, content: str, description: str, at: datetime) -> Attachment:
    """The text as a JSON file inside the PDF, stating the same facts as its pages."""
    return Attachment(
        string=content, name=name, description=description, created=at, modified=at, relationship="Alternative"
    )

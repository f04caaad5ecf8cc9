"""Files from outside: distrusted. Their type is read from their content, never from their name."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from typing import Any

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from unlockfocus.errors import BusinessRule

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACCEPTED = {
    "application/pdf": "pdf",
    XLSX: "xlsx",
    "image/png": "png",
    "image/jpeg": "jpg",
}
LARGEST_UNPACKED = 200 * 1024 * 1024


class UnacceptableFile(BusinessRule):
    """The file is too large, empty, or not of a type we take."""


@dataclass(frozen=True)
class Inspected:
    """What the content of a file says about it."""

    content_type: str
    size: int
    sha256: str


def inspect(file: UploadedFile[Any]) -> Inspected:
    """Read size, type and SHA-256 from the content; raises UnacceptableFile. The file is left at its beginning."""
    if not file.size:
        raise UnacceptableFile(_("This file is empty."))
    if file.size > settings.DOCUMENT_MAX_BYTES:
        raise UnacceptableFile(
            _("This file is %(size)s MB; at most 20 MB can be sent. Split it or reduce its images.")
            % {"size": round(file.size / 1024 / 1024)}
        )
    content_type = filetype.guess_mime(_head(file))
    if content_type == "application/zip" and _is_workbook(file):
        content_type = XLSX
    if content_type not in ACCEPTED:
        raise UnacceptableFile(
            _("The content of this file is not a PDF, an Excel workbook (.xlsx) or an image (PNG, JPEG).")
        )
    if content_type == XLSX:
        _check_workbook(file)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return Inspected(content_type=content_type, size=file.size, sha256=digest.hexdigest())


def safe_name(name: str) -> str:
    """The name people gave, without path and control characters, for display and download only."""
    last_part = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last_part if char.isprintable())[:200] or "document"


def _head(file: UploadedFile[Any]) -> bytes:
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    return head


def _is_workbook(file: UploadedFile[Any]) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)


def _check_workbook(file: UploadedFile[Any]) -> None:
    """Refuse workbooks with macros, and archives that unpack to far more than they weigh."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UnacceptableFile(_("This workbook is damaged and cannot be opened.")) from error
    finally:
        file.seek(0)
    if any(member.filename.endswith("vbaProject.bin") for member in members):
        raise UnacceptableFile(_("This workbook contains macros. Save it as .xlsx without macros."))
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise UnacceptableFile(_("This workbook unpacks to more than 200 MB."))

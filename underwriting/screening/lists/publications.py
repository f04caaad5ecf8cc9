"""The lists we read: who publishes each where, under which licence, in which files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from underwriting.screening.lists.eu import read_eu
from underwriting.screening.lists.france import read_france
from underwriting.screening.lists.ofac import read_ofac
from underwriting.screening.lists.reading import MalformedList, ReadList
from underwriting.screening.lists.uk import read_uk
from underwriting.screening.lists.un import read_un

_OFAC = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/"


@dataclass(frozen=True, slots=True)
class Publication:
    """`files` are parts of the names by which the files of a list are told apart, in the order `read` takes them."""

    url: str
    licence: str
    read: Callable[..., ReadList]
    files: tuple[str, ...] = ("",)

    def read_files(self, files: Mapping[str, BinaryIO]) -> ReadList:
        """Raises MalformedList, also where a file is missing or one is too many."""
        chosen = [[file for name, file in files.items() if part in PurePath(name).stem.lower()] for part in self.files]
        if len(files) != len(self.files) or any(len(found) != 1 for found in chosen):
            wanted = " and ".join(part or "one file" for part in self.files)
            raise MalformedList(", ".join(files) or "no file", f"the list consists of {wanted}")
        return self.read(*(found[0] for found in chosen))


PUBLICATIONS: Mapping[str, Publication] = {
    "un": Publication(
        "https://scsanctions.un.org/resources/xml/en/consolidated.xml", "public document of the United Nations", read_un
    ),
    "ofac_sdn": Publication(_OFAC + "SDN.CSV", "public domain", read_ofac, ("sdn", "alt", "add")),
    "ofac_cons": Publication(
        _OFAC + "CONS_PRIM.CSV", "public domain", read_ofac, ("cons_prim", "cons_alt", "cons_add")
    ),
    "eu": Publication(
        "https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content",
        "reuse allowed, Decision 2011/833/EU",
        read_eu,
    ),
    "uk": Publication(
        "https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv", "Open Government Licence v3.0", read_uk
    ),
    "fr": Publication(
        "https://gels-avoirs.dgtresor.gouv.fr/ApiPublic/api/v1/publication/derniere-publication-fichier-json",
        "Licence Ouverte 2.0",
        read_france,
    ),
}

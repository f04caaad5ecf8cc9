"""A small list in the shape of the United Nations', written for these tests, and loaded as any other."""

from datetime import datetime
from io import BytesIO

from underwriting.actions.sanctions import LoadResult, load_list

ENTITY = """
    <ENTITY>
      <DATAID>{key}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>{name}</FIRST_NAME>
      <UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>CDe.{key}</REFERENCE_NUMBER>
      <LISTED_ON>2014-06-30</LISTED_ON><COMMENTS1>{remark}</COMMENTS1>
      <ENTITY_ADDRESS><COUNTRY>{country}</COUNTRY></ENTITY_ADDRESS>
    </ENTITY>"""
INDIVIDUAL = """
    <INDIVIDUAL>
      <DATAID>{key}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>{name}</FIRST_NAME>
      <UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>CDi.{key}</REFERENCE_NUMBER>
      <LISTED_ON>2014-06-30</LISTED_ON>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>{born}</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
    </INDIVIDUAL>"""


def entity(key: int, name: str, country: str = "Romania", remark: str = "Written for a test") -> str:
    return ENTITY.format(key=key, name=name, country=country, remark=remark)


def individual(key: int, name: str, born: int) -> str:
    return INDIVIDUAL.format(key=key, name=name, born=born)


# Somebody nobody here deals with: a list is never empty.
NOBODY = entity(9001, "Butembo Airlines", "Democratic Republic of the Congo")


def un_list(*entries: str, day: str = "2026-11-20") -> bytes:
    people = "".join(each for each in entries if "<INDIVIDUAL>" in each)
    others = "".join(each for each in (*entries, NOBODY) if "<ENTITY>" in each)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<CONSOLIDATED_LIST dateGenerated="{day}T00:00:00Z">'
        f"<INDIVIDUALS>{people}</INDIVIDUALS><ENTITIES>{others}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def load_un(*entries: str, at: datetime, day: str = "2026-11-20") -> LoadResult:
    """Take over a list of these entries, whatever it loses."""
    files = {"consolidated.xml": BytesIO(un_list(*entries, day=day))}
    return load_list("un", files, at=at, accept_shrinkage=True)


PEI_LISTED = entity(1, "P.E.I. S.R.L.")

"""A listed entry and the reasons for a possible match, frozen as plain values: what a decision is made on stays."""

from typing import Any

from underwriting.sanctions_search import Hit


def entry_of(hit: Hit) -> dict[str, Any]:
    """The entry as it stood; `name` is the listed name that matched, the first of `names` the list's own."""
    listed = hit.listed
    return {
        "name": hit.judgement.name.text,
        "names": [{"text": each.text, "is_weak": each.is_weak} for each in listed.names],
        "kind": listed.kind,
        "programme": listed.programme,
        "countries": sorted(listed.countries),
        "birth_years": sorted(listed.birth_years),
        "identifiers": sorted(listed.identifiers),
        "listed_on": listed.listed_on,
        "remark": listed.remark,
    }


def reasons_of(hit: Hit) -> dict[str, Any]:
    """What was weighed: words paired, words left over on either side (`party` ours, `entry` theirs), and the rest."""
    comparison = hit.judgement.comparison
    return {
        "pairs": [
            {"party": each.one, "entry": each.other, "likeness": round(each.likeness, 2)} for each in comparison.pairs
        ],
        "only_party": list(comparison.only_one),
        "only_entry": list(comparison.only_other),
        "weighed": [{"code": each.code, "values": list(each.values)} for each in hit.judgement.reasons],
    }

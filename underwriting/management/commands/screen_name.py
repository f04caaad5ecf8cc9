"""Search the loaded sanctions lists for a name: `manage.py screen_name NAME --country XX`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from underwriting.list_standing import standing
from underwriting.sanctions_search import Hit, search
from underwriting.sanctions_words import reason_sentence, standing_words
from underwriting.screening.subjects import Subject


class Command(BaseCommand):
    """Prints who may be meant and on which lists nobody looked; never that somebody is not sanctioned."""

    help = "Search the loaded sanctions lists for a name (docs/rules/screening.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--country", action="append", default=[], help="ISO code; several times for several")
        parser.add_argument("--born", type=int, action="append", default=[], help="year of birth")
        parser.add_argument("--identifier", action="append", default=[], help="a registration, tax or passport number")
        kind = parser.add_mutually_exclusive_group()
        kind.add_argument("--person", dest="is_organisation", action="store_false", default=None)
        kind.add_argument("--organisation", dest="is_organisation", action="store_true", default=None)

    def handle(self, *, name: str, is_organisation: bool | None, **options: Any) -> None:
        at = timezone.now()
        subject = Subject(
            name,
            is_organisation,
            frozenset(code.upper() for code in options["country"]),
            frozenset(options["born"]),
            frozenset(options["identifier"]),
        )
        lists = standing(at)
        hits = search(subject)
        for hit in hits:
            self._say(hit)
        if not hits and not all(each.is_missing for each in lists):
            self.stdout.write(_("No possible match on the lists searched."))
        for sentence in standing_words(lists, at):
            self.stdout.write(sentence)

    def _say(self, hit: Hit) -> None:
        name, listed = hit.judgement.name.text, hit.listed
        self.stdout.write(f"{hit.score:.2f}  {hit.party.list} {listed.key}: {listed.names[0].text}")
        about = [hit.party.get_kind_display(), ", ".join(sorted(listed.countries)), listed.programme, listed.listed_on]
        self.stdout.write(f"      {'; '.join(text for text in about if text)}")
        if name != listed.names[0].text:
            self.stdout.write("      " + _("Listed also as: %(name)s") % {"name": name})
        for reason in hit.judgement.reasons:
            self.stdout.write(f"      {reason_sentence(reason)}")

"""The translations: one catalogue per language, `locale/<language>/LC_MESSAGES/django.po`; the English is in the code.

The sentences are found with Babel, templates after Django has turned them into something Python-like, so no gettext
program is needed. A catalogue is sorted and carries neither line numbers nor dates: it changes when a sentence does.
"""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE_LANGUAGE = "en"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_noop": None,
    **{f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")},
}
TEMPLATES = {".html", ".txt", ".svg", ".css"}
# %(name)s and %s of Python, {name} of str.format, and the per cent sign that is doubled because of them.
PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[a-z]|\{\w*\}")
HEADER = """\
# {language} of Unlock Focus. `./run manage messages` adds what the code says anew and drops what it no longer says.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def languages() -> list[str]:
    """The languages the product is translated into."""
    return [code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]


def path_of(language: str) -> Path:
    """Where the language's catalogue is kept."""
    return Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", "django.po")


def read(language: str) -> Catalog:
    """The catalogue as it is kept; empty when there is none yet."""
    if not path_of(language).exists():
        return Catalog(locale=language)
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def write(language: str, catalogue: Catalog) -> None:
    """Keep the catalogue: sorted by the English, with the files a sentence stands in."""
    locale = Locale.parse(language)
    text = io.BytesIO()
    write_po(text, catalogue, width=120, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    header = HEADER.format(language=locale.english_name, code=language, plurals=catalogue.plural_forms)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    path_of(language).write_bytes(header.encode() + text.getvalue())


def extracted(root: Path | None = None) -> Catalog:
    """Every sentence of the product's Python files and templates, with the files it stands in, untranslated."""
    root = root or Path(settings.BASE_DIR)
    found = Catalog()
    for source in _sources(root):
        file = source.relative_to(root).as_posix()
        for sentence, context in _sentences(source):
            found.add(sentence, context=context, locations=[(file, 1)])
    return found


def updated(kept: Catalog, found: Catalog) -> Catalog:
    """What was found, with the translations that were kept."""
    catalogue = Catalog(locale=kept.locale)
    for message in filter(_is_sentence, found):
        old = _same(kept, message)
        catalogue.add(
            message.id,
            old.string if old else "",
            context=message.context,
            locations=message.locations,
            flags=old.flags & {"fuzzy"} if old else (),
            user_comments=old.user_comments if old else (),
        )
    return catalogue


def faults(kept: Catalog, found: Catalog) -> list[str]:
    """What keeps the catalogue from being complete and true, one line each; nothing when it is."""
    unused = [f"unused: {_name(message)}" for message in filter(_is_sentence, kept) if not _same(found, message)]
    judged = [(_fault(message), message) for message in filter(_is_sentence, updated(kept, found))]
    return unused + [f"{fault}: {_name(message)}" for fault, message in judged if fault]


def _fault(message: Message) -> str:
    """What is wrong with a translation; empty when nothing is."""
    english, translated = _forms(message.id), _forms(message.string)
    if not all(translated):
        return "missing"
    if message.fuzzy:
        return "fuzzy"
    if [_placeholders(form) for form in english] != [_placeholders(form) for form in translated]:
        return "other placeholders than in English"
    return ""


def _is_sentence(message: Message) -> bool:
    """A catalogue's first message is its header, without English."""
    return bool(message.id)


def _name(message: Message) -> str:
    return repr(_forms(message.id)[0])


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Singular and plural, or the one form there is."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _same(catalogue: Catalog, message: Message) -> Message | None:
    """The message of that English in another catalogue, unless it has gained or lost a plural since."""
    other = catalogue.get(message.id, message.context)
    return other if other and other.pluralizable == message.pluralizable else None


def _sources(root: Path) -> Iterator[Path]:
    """The Python files and templates of the product's own apps, then the templates they share."""
    for app in sorted(Path(config.path) for config in apps.get_app_configs()):
        if app.parent == root:
            yield from sorted(app.rglob("*.py"))
            yield from _templates(app / "templates")
    yield from _templates(root / "templates")


def _templates(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in TEMPLATES)


def _sentences(source: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Each sentence to translate, a pair when it has a plural, and its context if it has one."""
    text = source.read_text(encoding="utf-8")
    if source.suffix != ".py":
        text = _like_python(text, source)
    for _line, sentence, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        if sentence:
            yield sentence, context


def _like_python(template: str, source: Path) -> str:
    """The template as gettext calls between words without meaning, not indented: Python's tokeniser reads no more."""
    return "\n".join(line.strip() for line in templatize(template, origin=str(source)).splitlines())

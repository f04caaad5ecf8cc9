"""What README and `docs/` say is so: links lead somewhere, commands exist, quoted code is the code."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.utils import translation

from launch.__main__ import COMMANDS
from unlockfocus import demo, lifecycles
from unlockfocus.example import EXAMPLE

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def section(title: str) -> str:
    """The part of the README under a heading of second level."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def links(text: str) -> list[str]:
    """The targets of a page's links and pictures that are not addresses of the web."""
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target for target in targets if not target.startswith(("http://", "https://"))]


@each_page
def test_links_lead_to_files(page: Path) -> None:
    targets = links(page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target.split("#")[0]).exists()] == []


@each_page
def test_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    words = set(re.findall(r"\./run ([a-z]\w*)", text)) - {"help"}
    commands = set(re.findall(r"\./run manage ([a-z]\w*)", text))

    assert words - COMMANDS.keys() == set()
    assert commands - get_commands().keys() == set()


@each_page
def test_quoted_code_is_the_code(page: Path) -> None:
    """A Python block names its file in the first line; three points stand for lines left out."""
    for block in re.findall(r"```python\n# (.+?)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        source = (ROOT / block[0]).read_text(encoding="utf-8")
        for fragment in re.split(r"^\.\.\.\n", block[1], flags=re.MULTILINE):
            assert fragment in source, f"{block[0]} no longer says:\n{fragment}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, to_read = set(), {ROOT / "README.md"}
    while to_read:
        page = to_read.pop()
        reached.add(page)
        found = {(page.parent / target.split("#")[0]).resolve() for target in links(page.read_text(encoding="utf-8"))}
        to_read |= {each for each in found if each.suffix == ".md"} - reached

    assert [page for page in PAGES if page not in reached] == []


def test_the_map_names_every_stage_and_only_folders_that_exist() -> None:
    named = set(re.findall(r"`(\w+)/`", section("Map")))
    own = {Path(app.path).name for app in apps.get_app_configs() if Path(app.path).parent == ROOT}

    assert [name for name in named if not (ROOT / name).is_dir()] == []
    assert own - named == set()


def test_the_sign_ins_are_the_demos() -> None:
    rows = [
        tuple(cell.strip() for cell in line.split("|")[1:3]) for line in section("Sign in").splitlines() if "@" in line
    ]

    with translation.override("en"):
        assert rows == [(str(person.role), person.email) for person in demo.sign_ins()]
    assert f"`{demo.PASSWORD}`" in section("Sign in")


def test_the_figures_of_the_story_are_the_cases() -> None:
    """In the order of the story: the credit granted, the order, the peak, the price."""
    told = re.findall(r"EUR ([\d,.]*\d)", README.split("\n## ")[0])

    assert told == ["400,000", "1,850,000", "1,480,000", "31,571.11"]
    computed = [EXAMPLE.internal_limit, EXAMPLE.order, EXAMPLE.peak.amount, EXAMPLE.to_pay]
    assert [Decimal(figure.replace(",", "")) for figure in told] == computed


def test_the_picture_is_light_enough() -> None:
    assert [picture.name for picture in (ROOT / "docs").rglob("*.png") if picture.stat().st_size > 300_000] == []


def test_lifecycles_are_those_of_the_workflow_tables() -> None:
    page = (ROOT / "docs" / "lifecycles.md").read_text(encoding="utf-8")

    assert page == lifecycles.page(), "run ./run manage lifecycles"

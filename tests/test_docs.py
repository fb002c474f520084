"""The pages: what they link to and name is there, and their Python runs."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest

from reelwright.bench import standings
from reelwright.cli import cli
from reelwright.config import names

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = [page.relative_to(ROOT).as_posix() for page in PAGES if page.exists()]
LINK = re.compile(r"\]\(([^)\s]+)\)")
TICKED = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"(?:[\w.-]+/)*[\w-]+\.(?:py|toml|md|css|js|html)")
SETTING = re.compile(r"--set ([\w.]+)=|`([a-z]+\.[a-z_]+)`")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def code_in(page: str) -> list[str]:
    """What the page sets in code: its blocks, line by line, and what stands between backticks."""
    blocks = [line for _, block in BLOCK.findall(text_of(page)) for line in block.splitlines()]
    return blocks + TICKED.findall(BLOCK.sub("", text_of(page)))


@cache
def options_of(verb: str) -> set[str]:
    command = cli.commands[verb]
    below = command.commands.values() if isinstance(command, click.Group) else ()
    params = [param for one in (command, *below) for param in one.params]
    options = [option for option in params if isinstance(option, click.Option)]
    return {name for option in options for name in (*option.opts, *option.secondary_opts)}


@pytest.mark.parametrize("page", NAMED)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    for link in LINK.findall(text_of(page)):
        if not re.match(r"https?:|mailto:|#", link):
            target = (ROOT / page).parent / link.partition("#")[0]
            assert target.exists(), f"{page} links to {link}"


@pytest.mark.parametrize("page", NAMED)
def test_every_file_that_is_named_is_there(page: str) -> None:
    roots = (ROOT, ROOT / "reelwright", ROOT / "docs", ROOT / page)
    for word in TICKED.findall(BLOCK.sub("", text_of(page))):
        if FILE.fullmatch(word) and "/" in word:
            assert any((root / word).exists() for root in roots), f"{page} names {word}"


@pytest.mark.parametrize("page", NAMED)
def test_every_command_is_one_that_the_program_takes(page: str) -> None:
    for line in code_in(page):
        for words in re.findall(r"(?:^|[\s/])reelwright ((?:[\w-].*)?)", line):
            _check_command(page, words.split("#")[0].split())


def _check_command(page: str, words: list[str]) -> None:
    whole = {"--config", "--home", "--set", "--help", "--version"}
    verbs = [word for word in words if word in cli.commands]
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    if not verbs:
        assert given, f"{page} names the verb {words[:1]}"
    allowed = whole | (options_of(verbs[0]) if verbs else set())
    assert given <= allowed, f"{page}: {' '.join(words)}"


@pytest.mark.parametrize("page", NAMED)
def test_every_setting_that_is_named_exists(page: str) -> None:
    sections = {name.partition(".")[0] for name in names() if "." in name}
    for given, ticked in SETTING.findall(text_of(page)):
        if given and given != "section.key":
            assert given in names(), f"{page} sets {given}"
        if ticked.partition(".")[0] in sections and not FILE.fullmatch(ticked):
            assert ticked in names(), f"{page} names {ticked}"


@pytest.mark.parametrize("page", NAMED)
def test_every_piece_of_python_runs(page: str) -> None:
    for kind, block in BLOCK.findall(text_of(page)):
        if kind == "python":
            subprocess.run([sys.executable, "-W", "error", "-c", block], check=True, cwd=ROOT)


def test_the_leaderboard_page_says_what_was_measured_and_nothing_else() -> None:
    figures = json.loads((ROOT / "docs" / "results.json").read_text(encoding="utf-8"))
    assert standings.page(figures) in text_of("docs/results.md")

"""The guide tells of commands, options and files that exist."""

import re

import pytest
import typer

from dlgrade.__main__ import app
from tests.dlgrade.classroom.conftest import TESTS

COURSE = TESTS.parents[1] / "exercises"
GUIDE = (COURSE / "README.md").read_text()
COMMANDS = typer.main.get_command(app).commands


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_says_what_it_does(name):
    command = COMMANDS[name]
    assert len(command.help.split()) > 12
    assert all(getattr(p, "help", None) for p in command.params), [p.name for p in command.params]


def test_the_guide_names_commands_and_options_that_exist():
    told = re.findall(r"dlgrade ([a-z]+)((?: (?!dlgrade)[^`\n;|&]*)?)", GUIDE)
    mine = {"check", "solution", "roster", "late", "regrade", "export", "similarity", "delete"}
    assert {name for name, _ in told} >= {*mine, "grade", "verify", "release"}
    for name, rest in told:
        options = {o for p in COMMANDS[name].params for o in (*p.opts, *p.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", rest)) <= {*options, "--help"}, (name, rest)


def test_the_guides_links_lead_somewhere():
    links = [x for x in re.findall(r"\]\(([^)]+)\)", GUIDE) if not x.startswith("http")]
    headings = {h.lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)}
    assert len(links) > 5
    for link in links:
        path, _, anchor = link.partition("#")
        assert (COURSE / path).exists()
        assert not anchor or anchor in headings
    for script in re.findall(r"exercises/deploy/([\w./]+)", GUIDE):
        assert (COURSE / "deploy" / script).exists()

"""A student who lays a link into the exchange does not get what the instructor may read."""

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect

from dlgrade.release import settings
from tests.dlgrade.classroom.conftest import NAME


@pytest.fixture
def collect(course, tmp_path):
    """Run the collector that the course's configuration names, or another."""
    inbound = tmp_path / "exchange" / "deep_learning_101" / "inbound"
    for student in ("ada", "eve", "fay"):
        (inbound / f"{student}+{NAME}+2026-11-01 12:00:00 UTC").mkdir(parents=True)
    honest, file, folder = sorted(inbound.iterdir())
    (honest / f"{NAME}.ipynb").write_text(course.release(NAME).read_text())
    (file / f"{NAME}.ipynb").symlink_to(course.source(NAME))
    (folder / "sub").symlink_to(course.source(NAME).parent)
    (tmp_path / "exchange").chmod(0o777)
    config = settings(course)
    config.Exchange.root = str(tmp_path / "exchange")
    config.ExchangeCollect.check_owner = False
    config.CourseDirectory.assignment_id = NAME

    def collect(kind: type | None = None) -> set[str]:
        kind = kind or ExchangeFactory(config=config).collect
        parts = {"authenticator": Authenticator(config=config), "config": config}
        kind(coursedir=CourseDirectory(config=config), **parts).start()
        return {p.name for p in (course.root / "submitted").iterdir() if any(p.iterdir())}

    return collect


def test_links_are_not_collected(collect, course):
    assert collect() == {"ada"}


def test_nbgraders_own_collector_would_bring_in_the_solution(collect, course):
    assert collect(ExchangeCollect) == {"ada", "eve", "fay"}
    taken = course.root / "submitted" / "eve" / NAME / f"{NAME}.ipynb"
    assert taken.read_text() == course.source(NAME).read_text()

"""Shape checking switched on for every test, one thread per worker, and the markers' meaning."""

import os

import pytest
import torch
from hypothesis import settings
from jaxtyping import config, install_import_hook

# PEP 484: where float is written, an int will do
install_import_hook("dlcore", "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")
torch.set_num_threads(1)
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")


@pytest.fixture(autouse=True)
def shape_checker(request):
    """Off for `bad_input` tests: a user has no checker, so our own error must be what comes."""
    off = request.node.get_closest_marker("bad_input") is not None
    config.update("jaxtyping_disable", off)
    yield
    config.update("jaxtyping_disable", False)


@pytest.fixture
def generator():
    """A seeded generator on the CPU."""
    return torch.Generator().manual_seed(0)


def pytest_terminal_summary(terminalreporter):
    """Say what was skipped and why: a skip is a part of the suite that this machine cannot run."""
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"skipped {report.nodeid}: {report.longrepr[-1]}")


def pytest_sessionfinish(session, exitstatus):
    """With DL_NO_SKIPS=1 (CI) a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("DL_NO_SKIPS") == "1" and skipped and exitstatus == 0:
        session.exitstatus = 1

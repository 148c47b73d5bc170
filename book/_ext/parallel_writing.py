"""Pages are written by several processes while the next ones are resolved.

Reading stays in one process: what it learns would have to be sent back with every few pages.
"""

import os

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

MOST_WRITERS = 4


def use_processes(app: Sphinx, env: BuildEnvironment) -> None:
    """Let Sphinx write in parallel where there is more than one core."""
    cores = os.cpu_count() or 1
    if cores > 1:
        app.parallel = 1 + min(cores, MOST_WRITERS)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run when all pages have been read."""
    app.connect("env-updated", use_processes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

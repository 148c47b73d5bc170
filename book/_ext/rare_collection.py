"""The collector of garbage goes over all pages rarely: they are alive, and millions of objects."""

import gc

from sphinx.application import Sphinx

THRESHOLDS = 100_000, 10, 20


def setup(app: Sphinx) -> dict[str, bool]:
    """From now on."""
    gc.set_threshold(*THRESHOLDS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

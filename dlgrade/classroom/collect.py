"""Collecting from nbgrader's exchange what students may put into it."""

import os
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect


class PlainCollect(ExchangeCollect):
    """Stands in `c.ExchangeFactory.collect`: a submission that holds a link is not collected.

    nbgrader follows links with the rights of whoever collects, so that a link to the exercise's
    source would come in as a perfect answer.
    """

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a submission, unless a part of it is a link."""
        walk = os.walk(src)
        found = [Path(folder, n) for folder, folders, files in walk for n in folders + files]
        if links := [str(p) for p in (Path(src), *found) if p.is_symlink()]:
            self.log.error("Not collected, since it holds links: %s", ", ".join(links))
        else:
            super().do_copy(src, dest, log)

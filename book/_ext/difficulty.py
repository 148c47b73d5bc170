"""Role ``{difficulty}`beginner```: the level of a section, as a mark and in words."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

MARKS = {"beginner": "●", "intermediate": "◆", "advanced": "★"}


class DifficultyRole(SphinxRole):
    """A badge: ● Beginner, ◆ Intermediate or ★ Advanced."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Mark and word, so that neither colour nor shape alone says it."""
        level = self.text.strip().lower()
        if level not in MARKS:
            message = f"difficulty: expected one of {', '.join(MARKS)}, got {self.text!r}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        mark = nodes.inline("", MARKS[level], classes=["dl-mark"])
        word = nodes.inline("", level.capitalize())
        badge = ["dl-difficulty", f"dl-{level}"]
        return [nodes.inline("", "", mark, nodes.Text(" "), word, classes=badge)], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role."""
    app.add_role("difficulty", DifficultyRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Where the exercises are: assignments, their source notebooks, and the bank of answers."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FAILS = re.compile(r"^\s*#\s*fails:\s*(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """One file of the bank: a right or a wrong answer to a task.

    Attributes:
        task: the task it answers.
        name: the file's name, `right_…` or `wrong_…`.
        source: what runs after the reference in the answer cell, so only what it does otherwise.
        fails: the tests it must fail, ("all",) for every one of the task.
    """

    task: str
    name: str
    source: str
    fails: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Must it get full marks?"""
        return self.name.startswith("right_")


@dataclass(frozen=True)
class Course:
    """An nbgrader course directory.

    Attributes:
        root: the directory.
        combined: are its exercises those of `dlgrade.private.combine`?
    """

    root: Path
    combined: bool = False

    @property
    def material(self) -> Path:
        """Where `source` and `answers` are."""
        return self.root / "combined" if self.combined else self.root

    @property
    def gradebook(self) -> str:
        """The address of nbgrader's database."""
        return f"sqlite:///{(self.root / 'gradebook.db').resolve()}"

    def assignments(self) -> list[str]:
        """The names of the assignments that have a source notebook."""
        notebooks = self.material.glob("source/*/*.ipynb")
        return sorted(p.stem for p in notebooks if p.parent.name == p.stem)

    def choose(self, names: Iterable[str]) -> list[str]:
        """The assignments asked for, all of them when none is named.

        Raises:
            ValueError: there is no such assignment.
        """
        there, names = self.assignments(), list(names)
        if unknown := sorted(set(names) - set(there)):
            raise ValueError(
                f"no source notebook for {', '.join(unknown)}; there are: "
                f"{', '.join(there) or 'none yet'}"
            )
        return names or there

    def source(self, assignment: str) -> Path:
        """The source notebook, with solutions and hidden tests."""
        return self.material / "source" / assignment / f"{assignment}.ipynb"

    def release(self, assignment: str) -> Path:
        """The notebook that students get."""
        return self.root / "release" / assignment / f"{assignment}.ipynb"

    def bank(self, assignment: str) -> list[Answer]:
        """The right and wrong answers of an assignment.

        Raises:
            ValueError: a file is misnamed, or does not say what is wrong and what fails.
        """
        files = sorted((self.material / "answers" / assignment).glob("*/*.py"))
        return [read_answer(p) for p in files]


def read_answer(path: Path) -> Answer:
    """One file of the bank.

    Raises:
        ValueError: it is misnamed, or does not say what is wrong and what fails.
    """
    source = path.read_text(encoding="utf-8")
    if not re.fullmatch(r"(right|wrong)_\w+\.py", path.name):
        raise ValueError(f"{path}: an answer is called right_<what>.py or wrong_<what>.py")
    try:
        doc = ast.get_docstring(ast.parse(source))
    except SyntaxError as error:
        raise ValueError(f"{path} is no Python: {error}") from None
    if not doc:
        raise ValueError(f"{path}: its docstring must say in a sentence what is done, or wrong")
    found = FAILS.search(source)
    fails = tuple(t.strip() for t in found[1].split(",") if t.strip()) if found else ()
    answer = Answer(path.parent.name, path.stem, source, fails)
    if answer.right == bool(fails):
        raise ValueError(
            f"{path}: every wrong answer has a line `# fails: <test>, …`, no right one has any"
        )
    return answer

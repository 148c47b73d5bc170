"""The proof that an assignment's tests accept right answers and reject wrong ones.

The reference gets full marks, the stub nothing, every right answer of the bank full marks, and
every wrong one fails exactly the tests that it names, and costs no point of any other task. An
answer of the bank runs after the reference, so it defines only what it does otherwise. Each runs in
a process of its own, with the inputs of several seeds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dlgrade.course import Answer, Course
from dlgrade.lint import lint
from dlgrade.notebook import Cell, read, run, stub, with_answers
from dlgrade.worker import Lost, cores, run_each

SEEDS = (0, 1)
SECONDS = 120.0


@dataclass(frozen=True)
class Trial:
    """One run of a notebook with some of its answers replaced."""

    path: str
    kind: str
    seed: int
    task: str = ""
    name: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    fails: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.task}/{self.name}" if self.name else f"the {self.kind}"
        return f"{what}, seed {self.seed}" if self.seed else what


@dataclass
class Report:
    """What `verify` found in one assignment; it holds when there is no problem."""

    assignment: str
    tasks: dict[str, float] = field(default_factory=dict)
    answers: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        total = sum(self.tasks.values())
        lines = [f"{self.assignment}: {total:g} points in {len(self.tasks)} tasks"]
        width = max(map(len, self.tasks), default=0)
        for task, points in self.tasks.items():
            bank = self.answers.get(task, {})
            right = sum(n.startswith("right_") for n in bank)
            counts = f"{right} right and {len(bank) - right} wrong answers"
            lines.append(f"  {task:<{width}}  {points:4g} points  {counts}")
        lines += [f"  note: {n}" for n in self.notes]
        lines += [f"  PROBLEM {p}" for p in self.problems]
        return "\n".join([*lines, "" if self.problems else "  verified"]).rstrip()


def verify(
    course: Course, assignment: str, *, jobs: int | None = None, seeds: Sequence[int] = SEEDS
) -> Report:
    """Run the reference, the stub and the whole bank of an assignment.

    Args:
        course: the course directory.
        assignment: a name among `course.assignments()`.
        jobs: processes at the same time; by default one a processor.
        seeds: of the tests' random inputs; each answer runs once with each.

    Returns:
        What was found; nothing runs when the notebook itself is not well formed.
    """
    report = Report(assignment, problems=lint(course, assignment))
    if report.problems:
        return report
    cells, bank = read(course.source(assignment)), course.bank(assignment)
    report.tasks = _points(cells)
    report.answers = {t: {a.name: frozenset() for a in bank if a.task == t} for t in report.tasks}
    trials = list(_trials(course.source(assignment), cells, bank, seeds))
    found: dict[Trial, list[str]] = {}
    results = run_each(
        attempt, trials, workers=jobs or cores(), seconds=SECONDS, preload=_preload(cells)
    )
    for trial, result in results:
        found[trial] = [f"{trial}: {p}" for p in _judge(trial, result, report)]
    report.problems = [p for t in trials for p in found[t]]
    report.notes = list(_redundant(report))
    return report


def _points(cells: Sequence[Cell]) -> dict[str, float]:
    points: dict[str, float] = {}
    for c in cells:
        if c.role in ("visible", "hidden"):
            points[c.task] = points.get(c.task, 0.0) + float(c.nbgrader["points"])
    return points


def _preload(cells: Sequence[Cell]) -> list[str]:
    """What is loaded once for all trials: the kit, and what torch itself loads at first use."""
    gradients, optimisers = "torch.fx.experimental.symbolic_shapes", "torch._dynamo"
    first_use = optimisers if any("optim" in c.source for c in cells) else gradients
    return ["dlgrade.kit", first_use]


def _trials(
    path: Path, cells: Sequence[Cell], bank: Sequence[Answer], seeds: Sequence[int]
) -> Iterator[Trial]:
    references = {c.task: c.source for c in cells if c.role == "answer"}
    stubs = tuple((task, stub(source)) for task, source in references.items())
    for seed in seeds:
        yield Trial(str(path), "reference", seed)
        yield Trial(str(path), "stub", seed, answers=stubs)
        for a in bank:
            kind = "right" if a.right else "wrong"
            answers = ((a.task, f"{references[a.task]}\n\n\n{a.source}"),)
            yield Trial(str(path), kind, seed, a.task, a.name, answers, a.fails)


def attempt(trial: Trial) -> dict[str, Any]:
    """Run one trial's notebook in this process: every test's outcome, scores and errors."""
    from dlgrade.kit import SESSION, Session

    session = Session(seed=trial.seed)
    cells = with_answers(read(Path(trial.path)), dict(trial.answers))
    done = run(cells, {SESSION: session})
    scores = {k: v if type(v) is float else repr(v) for k, v in done.scores.items()}
    outcomes = [asdict(o) for o in session.outcomes.values()]
    roles = {c.name: c.role for c in cells}
    errors = {k: v for k, v in done.errors.items() if roles[k] != "answer"}
    return {"scores": scores, "outcomes": outcomes, "errors": errors}


def _judge(trial: Trial, result: Any, report: Report) -> Iterator[str]:
    """What is wrong with the result of a trial."""
    if isinstance(result, Lost):
        yield result.reason
        return
    for cell, error in result["errors"].items():
        yield f"{cell} raised {error}"
    mine = {o["test"]: o for o in result["outcomes"] if o["task"] == trial.task}
    failed = frozenset(n for n, o in mine.items() if o["status"] != "passed")
    if trial.kind == "wrong":
        due = frozenset(mine if trial.fails == ("all",) else trial.fails)
        report.answers[trial.task][trial.name] = failed
        yield from _difference(due, failed, mine)
    yield from _marks(trial, result)


def _difference(due: frozenset[str], failed: frozenset[str], outcomes: dict) -> Iterator[str]:
    if unknown := sorted(due - outcomes.keys()):
        yield f"names tests that do not exist: {', '.join(unknown)}"
    if passed := sorted((due & outcomes.keys()) - failed):
        yield f"passes {', '.join(passed)}, which it should fail"
    for name in sorted(failed - due):
        yield f"fails {name}, which it does not name: {outcomes[name]['message']}"


def _marks(trial: Trial, result: dict[str, Any]) -> Iterator[str]:
    """Scores: all or nothing but for the task that a wrong answer is to."""
    for o in result["outcomes"]:
        own = trial.kind == "wrong" and o["task"] == trial.task
        if trial.kind == "stub" and o["status"] == "passed":
            yield f"{o['task']}/{o['test']} passes, though nothing is answered"
        elif trial.kind != "stub" and not own and o["status"] != "passed":
            yield f"{o['task']}/{o['test']} should be passed, is {o['status']}: {o['message']}"
    for cell, value in result["scores"].items():
        of_cell = [o for o in result["outcomes"] if _cell_name(o) == cell]
        if value != sum(o["points"] for o in of_cell if o["status"] == "passed"):
            yield f"{cell} ends in {value}, not in the points of its passed tests"


def _cell_name(outcome: dict[str, Any]) -> str:
    return f"{outcome['task']}-{'hidden' if outcome['hidden'] else 'visible'}"


def _redundant(report: Report) -> Iterator[str]:
    """Wrong answers that fail the very tests that another one fails prove nothing new."""
    for task, bank in report.answers.items():
        seen: dict[frozenset[str], str] = {}
        for name, failed in bank.items():
            if name.startswith("wrong_") and failed:
                if failed in seen:
                    yield f"{task}/{name} is redundant: it fails the same tests as {seen[failed]}"
                seen.setdefault(failed, name)

"""The proof that an assignment's tests accept right answers and reject wrong ones.

The reference gets full marks, the stub nothing, every right answer of the bank full marks, and
every wrong one fails exactly the tests that it names, and costs no point of any other task. An
answer of the bank runs after the reference, so it defines only what it does otherwise. Small faults
put into the reference must be noticed too. All of it is graded as a submission is, in the sandbox,
with the inputs of several seeds.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlgrade.course import Answer, Course
from dlgrade.grading.worker import Crew, Job
from dlgrade.lint import lint
from dlgrade.mutants import Mutant, equivalent, mutants
from dlgrade.notebook import Cell, read, stub
from dlgrade.sandbox.bubblewrap import Limits
from dlgrade.worker import cores

SEEDS = (0, 1)
LIMITS = Limits(seconds=5.0, wasted=5.0)
THRESHOLD = 0.9


@dataclass(frozen=True)
class Trial:
    """One run of a notebook with some of its answers replaced."""

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
    """What `verify` found in one assignment; it holds when there is no problem.

    Attributes:
        tasks: points by task.
        answers: by task, the bank's answers with the tests that they failed.
        killed: by task, how many mutants the tests noticed.
        survivors: by task, the mutants that they did not, with the reason if one is known.
    """

    assignment: str
    tasks: dict[str, float] = field(default_factory=dict)
    answers: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    survivors: dict[str, dict[str, str]] = field(default_factory=dict)
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
            lines.append(f"  {task:<{width}}  {points:4g} points  {counts}{self._rate(task)}")
        for task, found in self.survivors.items():
            for change, why in found.items():
                lines.append(f"  {'equivalent' if why else 'SURVIVES'} {task}: {change}")
                lines += [f"      because {why}"] if why else []
        lines += [f"  note: {n}" for n in self.notes]
        lines += [f"  PROBLEM {p}" for p in self.problems]
        return "\n".join([*lines, "" if self.problems else "  verified"]).rstrip()

    def mutated(self, task: str) -> int:
        """How many mutants of a task are no other way to write the reference."""
        return self.killed.get(task, 0) + sum(not w for w in self.survivors.get(task, {}).values())

    def _rate(self, task: str) -> str:
        count, known = self.mutated(task), sum(map(bool, self.survivors.get(task, {}).values()))
        if not count + known:
            return ""
        equal = f", {known} equivalent" if known else ""
        return f", {self.killed[task]} of {count} mutants killed{equal}"


def verify(
    course: Course,
    assignment: str,
    *,
    jobs: int | None = None,
    seeds: Sequence[int] = SEEDS,
    mutate: bool = True,
) -> Report:
    """Run the reference, the stub, the whole bank and the mutants of an assignment.

    Args:
        course: the course directory.
        assignment: a name among `course.assignments()`.
        jobs: processes at the same time; by default one a processor.
        seeds: of the tests' random inputs. Each answer runs once with each: with the first one
            beside all tests, with the others beside those of its own task.
        mutate: also try the mutants.

    Returns:
        What was found; nothing else runs when the notebook is not well formed, or its reference
        does not get full marks.
    """
    report = Report(assignment, problems=lint(course, assignment))
    if report.problems:
        return report
    path, bank = course.source(assignment), course.bank(assignment)
    cells = read(path)
    report.tasks = _points(cells)
    report.answers = {t: {a.name: frozenset() for a in bank if a.task == t} for t in report.tasks}
    with Crew(jobs or cores(), LIMITS) as crew:
        references = [Trial("reference", seed) for seed in seeds]
        report.problems = _try(crew, path, references, report)
        if report.problems:
            report.problems.insert(0, "the reference itself does not pass: nothing else was tried")
            return report
        report.problems = _try(crew, path, list(_trials(cells, bank, seeds)), report)
        if mutate:
            _mutate(crew, path, cells, equivalents(course, assignment), report)
    report.notes = list(_redundant(report))
    return report


def equivalents(course: Course, assignment: str) -> dict[str, dict[str, str]]:
    """The mutants that are known to do what the reference does, with the reason."""
    return equivalent(course.material / "answers" / assignment / "equivalent.toml")


def _points(cells: Sequence[Cell]) -> dict[str, float]:
    points: dict[str, float] = {}
    for c in cells:
        if c.role in ("visible", "hidden"):
            points[c.task] = points.get(c.task, 0.0) + float(c.nbgrader["points"])
    return points


def _trials(cells: Sequence[Cell], bank: Sequence[Answer], seeds: Sequence[int]) -> Iterator[Trial]:
    references = {c.task: c.source for c in cells if c.role == "answer"}
    stubs = tuple((task, stub(source)) for task, source in references.items())
    for seed in seeds:
        yield Trial("stub", seed, answers=stubs)
        for a in bank:
            kind = "right" if a.right else "wrong"
            answers = ((a.task, f"{references[a.task]}\n\n\n{a.source}"),)
            yield Trial(kind, seed, a.task, a.name, answers, a.fails)


def _try(crew: Crew, path: Path, trials: Sequence[Trial], report: Report) -> list[str]:
    """Run trials and say, in their order, what is wrong."""
    first = min((t.seed for t in trials), default=0)
    jobs = (
        (t, _job(path, dict(t.answers), t.seed, () if t.seed == first or not t.task else (t.task,)))
        for t in trials
    )
    found = {t: [f"{t}: {p}" for p in _judge(t, r, report)] for t, r in crew.share(jobs)}
    return [p for t in trials for p in found[t]]


def _job(path: Path, answers: dict[str, str], seed: int, tasks: tuple[str, ...]) -> Job:
    """The source notebook, with some answers replaced, as a submission."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        if meta.get("solution") and not meta["grade"] and meta["grade_id"] in answers:
            cell["source"] = answers[meta["grade_id"]]
    return Job(json.dumps(notebook).encode(), path, seed, tasks)


def _judge(trial: Trial, result: dict[str, Any] | str, report: Report) -> Iterator[str]:
    """What is wrong with the result of a trial."""
    if isinstance(result, str):
        yield result
        return
    yield from result.get("broken", result["notes"])
    mine = {t["test"]: t for t in result["tests"] if t["task"] == trial.task}
    failed = frozenset(n for n, t in mine.items() if t["status"] != "passed")
    if trial.kind == "wrong":
        due = frozenset(mine if trial.fails == ("all",) else trial.fails)
        report.answers[trial.task][trial.name] = failed
        yield from _difference(due, failed, mine)
    for t in result["tests"]:
        own = trial.kind == "wrong" and t["task"] == trial.task
        if trial.kind == "stub" and t["status"] == "passed":
            yield f"{t['task']}/{t['test']} passes, though nothing is answered"
        elif trial.kind != "stub" and not own and t["status"] != "passed":
            yield f"{t['task']}/{t['test']} should be passed, is {t['status']}: {t['message']}"


def _difference(due: frozenset[str], failed: frozenset[str], tests: dict) -> Iterator[str]:
    if unknown := sorted(due - tests.keys()):
        yield f"names tests that do not exist: {', '.join(unknown)}"
    if passed := sorted((due & tests.keys()) - failed):
        yield f"passes {', '.join(passed)}, which it should fail"
    for name in sorted(failed - due):
        yield f"fails {name}, which it does not name: {tests[name]['message']}"


def _mutate(
    crew: Crew, path: Path, cells: Sequence[Cell], known: dict[str, dict[str, str]], report: Report
) -> None:
    """Run the tests of a task on the mutants of its reference."""
    made = [m for c in cells if c.role == "answer" for m in mutants(c.task, c.source)]
    alive: set[Mutant] = set()
    for m, result in crew.share((m, _job(path, {m.task: m.source}, 0, (m.task,))) for m in made):
        if isinstance(result, str):
            report.problems.append(f"{m.task}, mutant {m.change}: {result}")
        elif all(t["status"] == "passed" for t in result["tests"]):
            alive.add(m)
    for task in report.tasks:
        mine, why = [m for m in made if m.task == task], known.get(task, {})
        report.survivors[task] = {m.change: why.get(m.change, "") for m in mine if m in alive}
        report.killed[task] = len(mine) - len(report.survivors[task])
        for change in sorted(why.keys() - report.survivors[task].keys()):
            report.problems.append(f"equivalent.toml, [{task}]: no such mutant survives: {change}")
        if report.killed[task] < THRESHOLD * report.mutated(task):
            rate = report.killed[task] / report.mutated(task)
            report.problems.append(f"{task}: {rate:.0%} of the mutants are killed, not 90 %")
    for task in sorted(known.keys() - report.tasks.keys()):
        report.problems.append(f"equivalent.toml: there is no task {task}")


def _redundant(report: Report) -> Iterator[str]:
    """Wrong answers that fail the very tests that another one fails prove nothing new."""
    for task, bank in report.answers.items():
        seen: dict[frozenset[str], str] = {}
        for name, failed in bank.items():
            if name.startswith("wrong_") and failed:
                if failed in seen:
                    yield f"{task}/{name} is redundant: it fails the same tests as {seen[failed]}"
                seen.setdefault(failed, name)

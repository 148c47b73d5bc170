"""The proof that an assignment's tests accept right answers and reject wrong ones.

The reference gets full marks, the stub nothing, every right answer of the bank full marks, and
every wrong one fails exactly the tests that it names, and costs no point of any other task. An
answer of the bank runs after the reference, so it defines only what it does otherwise; the tests of
tasks that can not come to what it defines are left out. Small faults put into the reference must be
noticed too, each by the tests of its own task. All of it runs in the sandbox, with the inputs of
several seeds.
"""

import ast
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from dlgrade.course import Answer, Course
from dlgrade.grading.trial import Attempt
from dlgrade.grading.worker import Crew, Job
from dlgrade.lint import decorated, lint
from dlgrade.mutants import Mutant, equivalent, mutants
from dlgrade.notebook import Cell, read, stub
from dlgrade.reach import Reach, Text
from dlgrade.sandbox.bubblewrap import Limits
from dlgrade.worker import cores

SEEDS = (0, 1)
LIMITS = Limits(seconds=30.0, wasted=5.0)
SLOWER, ANSWER, FAULT = 20.0, 5.0, 1.0
THRESHOLD = 0.9


@dataclass(frozen=True)
class Trial:
    """A notebook with some of its answers replaced, and what is due of it.

    Attributes:
        runs: a seed, and the tasks whose tests run with it: all when none is named.
        fails: the tests of its own task that it must fail.
    """

    kind: str
    runs: tuple[tuple[int, tuple[str, ...]], ...] = ((0, ()),)
    task: str = ""
    name: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    fails: tuple[str, ...] = ()

    def called(self, seed: int) -> str:
        """How a message calls it."""
        what = f"{self.task}/{self.name}" if self.name else f"the {self.kind}"
        return f"{what}, seed {seed}" if seed else what


@dataclass
class Report:
    """What `verify` found in one assignment; it holds when there is no problem.

    Attributes:
        tasks: points by task.
        answers: by task, the bank's answers with the tests that they failed.
        killed: by task, how many mutants the tests noticed.
        survivors: by task, the mutants that they did not, with the reason if one is known.
        seconds: by task, what the reference's longest test takes.
    """

    assignment: str
    tasks: dict[str, float] = field(default_factory=dict)
    answers: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    survivors: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

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
    most: int | None = None,
    crew: Crew | None = None,
) -> Report:
    """Run the reference, the stub, the whole bank and the mutants of an assignment.

    Args:
        course: the course directory.
        assignment: a name among `course.assignments()`.
        jobs: processes at the same time; by default one a processor.
        seeds: of the tests' random inputs. Each answer runs once with each: with the first one
            beside the tests of all tasks that it can touch, with the others beside its own.
        mutate: also try the mutants.
        most: how many mutants are drawn, always the same ones; all by default. Of a sample those
            are left out that cannot change the verdict any more.
        crew: workers that are there already; by default they are started, and ended afterwards.

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
    with nullcontext(crew) if crew else Crew(jobs or cores(), LIMITS) as crew:
        report.problems = _reference(crew, course, assignment, seeds, report)
        if report.problems:
            report.problems.insert(0, "the reference itself does not pass: nothing else was tried")
            return report
        report.problems = _try(crew, str(path), list(_trials(cells, bank, seeds)), report)
        if mutate:
            _mutate(crew, course, assignment, most, report)
    report.notes += _redundant(report)
    return report


def _reference(
    crew: Crew, course: Course, assignment: str, seeds: Sequence[int], report: Report
) -> list[str]:
    """What is wrong with the reference: graded as a submission is, then with the other seeds."""
    path = course.source(assignment)
    trial = Trial("reference", tuple((s, ()) for s in seeds))
    [(_, result)] = crew.share([(None, Job(path.read_bytes(), path, seeds[0]))])
    if isinstance(result, str):
        return [f"{trial.called(seeds[0])}: {result}"]
    problems = list(result["broken"] if "broken" in result else result["notes"])
    problems += _judge(trial, result["tests"], report)
    named = [f"{trial.called(seeds[0])}: {p}" for p in problems]
    return named or _try(crew, str(path), [trial], report)


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
    reach, first, others = Reach(cells), seeds[0], seeds[1:]
    yield Trial("stub", tuple((s, ()) for s in seeds), answers=stubs)
    for a in bank:
        touched = tuple(sorted(reach.touched(a.task, a.source)))
        runs = ((first, touched), *[(s, (a.task,)) for s in others])
        answers = ((a.task, f"{references[a.task]}\n\n\n{a.source}"),)
        yield Trial("right" if a.right else "wrong", runs, a.task, a.name, answers, a.fails)


def _try(crew: Crew, path: str, trials: Sequence[Trial], report: Report) -> list[str]:
    """Run trials and say, in their order, what is wrong."""
    found: dict[Trial, list[str]] = {}
    seconds = _patience(report, report.tasks, ANSWER)
    for trial, result in crew.share(
        (t, Attempt(path, dict(t.answers), t.runs, seconds=seconds)) for t in trials
    ):
        found[trial] = []
        for seed, _ in trial.runs:
            if isinstance(result, str):
                found[trial].append(f"{trial.called(seed)}: {result}")
                break
            tests = [t for s, t in result["tests"] if s == seed]
            found[trial] += [f"{trial.called(seed)}: {p}" for p in _judge(trial, tests, report)]
        if trial.kind == "reference" and not isinstance(result, str):
            report.seconds = _slowest(result["tests"])
    return [p for t in trials for p in found[t]]


def _patience(report: Report, tasks: Iterable[str], least: float) -> float:
    """Seconds after which a test is given up: many times what the reference takes here and now."""
    known = [report.seconds[t] for t in tasks if t in report.seconds]
    return min(LIMITS.seconds, max(least, SLOWER * max(known))) if known else LIMITS.seconds


def _slowest(tests: Sequence[tuple[int, dict[str, Any]]]) -> dict[str, float]:
    """By task, what its longest test takes."""
    slowest: dict[str, float] = {}
    for _, t in tests:
        slowest[t["task"]] = max(slowest.get(t["task"], 0.0), t["seconds"])
    return slowest


def _judge(trial: Trial, tests: Sequence[dict[str, Any]], report: Report) -> Iterator[str]:
    """What is wrong with the outcomes of a trial."""
    mine = {t["test"]: t for t in tests if t["task"] == trial.task}
    failed = frozenset(n for n, t in mine.items() if t["status"] != "passed")
    if trial.kind == "wrong":
        due = frozenset(mine if trial.fails == ("all",) else trial.fails)
        report.answers[trial.task][trial.name] = failed
        yield from _difference(due, failed, mine)
    for t in tests:
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


def _mutate(crew: Crew, course: Course, assignment: str, most: int | None, report: Report) -> None:
    """Run the tests of a task on the mutants of its reference, until one notices."""
    path, bank = course.source(assignment), course.bank(assignment)
    cells, known = read(path), equivalents(course, assignment)
    everything = [m for c in cells if c.role == "answer" for m in mutants(c.task, c.source)]
    drawn, killed = _sample(everything, most), Counter[str]()
    tried, alive = set[Mutant](), set[Mutant]()
    asked, failing = _asked(cells), Counter((a.task, name) for a in bank for name in a.fails)
    for m, result in crew.share(
        (m, _attempt(str(path), m, _order(m, asked[m.task], failing), known, report))
        for m in _deciding(drawn, everything, known, killed)
    ):
        tried.add(m)
        if isinstance(result, str):
            report.problems.append(f"{m.task}, mutant {m.change}: {result}")
        elif all(t["status"] == "passed" for _, t in result["tests"]):
            alive.add(m)
        else:
            killed[m.task] += m.change not in known.get(m.task, {})
    made = [m for m in drawn if m in tried]
    if len(made) < len(everything):
        report.notes.append(f"{len(made)} of {len(everything)} mutants were tried")
    left_out = {(m.task, m.change) for m in everything} - {(m.task, m.change) for m in made}
    for task in report.tasks:
        mine, why = [m for m in made if m.task == task], known.get(task, {})
        report.survivors[task] = {m.change: why.get(m.change, "") for m in mine if m in alive}
        report.killed[task] = len(mine) - len(report.survivors[task])
        for change in sorted(why.keys() - report.survivors[task].keys()):
            if (task, change) not in left_out:
                problem = f"equivalent.toml, [{task}]: no such mutant survives: {change}"
                report.problems.append(problem)
        untried = sum(t == task for t, _ in left_out)  # a sample can only show that it is too few
        if report.killed[task] + untried < THRESHOLD * (report.mutated(task) + untried):
            rate = report.killed[task] / report.mutated(task)
            report.problems.append(f"{task}: {rate:.0%} of the mutants are killed, not 90 %")
    for task in sorted(known.keys() - report.tasks.keys()):
        report.problems.append(f"equivalent.toml: there is no task {task}")


def _sample(made: Sequence[Mutant], most: int | None) -> list[Mutant]:
    """At most so many, from all tasks alike, drawn the same way every time."""
    if most is None:
        return list(made)
    tasks: dict[str, list[Mutant]] = {}
    for m in made:
        tasks.setdefault(m.task, []).append(m)
    shuffled = [random.Random(t).sample(ms, len(ms)) for t, ms in tasks.items()]
    in_turn = [m for each in zip_longest(*shuffled) for m in each if m is not None]
    drawn = set(in_turn[:most])
    return [m for m in made if m in drawn]


def _deciding(
    drawn: Sequence[Mutant],
    everything: Sequence[Mutant],
    known: dict[str, dict[str, str]],
    killed: Counter[str],
) -> Iterator[Mutant]:
    """All mutants; of a sample those whose outcome can still change what is said of their task.

    A sample can only show that too few are killed. Once so many are that all others of it may live,
    they are left out. Mutants known to be equivalent are always tried.

    Args:
        drawn: the sample.
        everything: of which it was drawn.
        known: by task, the equivalent mutants with the reason.
        killed: by task, how many others are killed by now; grows while this runs.
    """
    equal = [m for m in drawn if m.change in known.get(m.task, {})]
    count = Counter(m.task for m in everything) - Counter(m.task for m in equal)
    unequal = Counter(m.task for m in drawn) - Counter(m.task for m in equal)
    for m in drawn:
        alive = unequal[m.task] - killed[m.task]  # so far, or for all we know
        fine = count[m.task] - alive >= THRESHOLD * count[m.task]
        if m in equal or not fine or len(drawn) == len(everything):
            yield m


def _attempt(
    path: str, m: Mutant, first: tuple[str, ...], known: dict[str, dict[str, str]], report: Report
) -> Attempt:
    """A loop without an end is soon given up; one known to be equivalent gets all the time."""
    equal = m.change in known.get(m.task, {})
    seconds = LIMITS.seconds if equal else _patience(report, [m.task], FAULT)
    runs = ((0, (m.task,)),)
    return Attempt(path, {m.task: m.source}, runs, until_failed=True, first=first, seconds=seconds)


def _asked(cells: Sequence[Cell]) -> dict[str, dict[str, set[str]]]:
    """By task and test, what the test asks of the student."""
    asked: dict[str, dict[str, set[str]]] = {}
    for c in cells:
        if c.role in ("visible", "hidden"):
            for name, t in decorated(c).items():
                text = Text.of(ast.unparse(t["tree"]))
                asked.setdefault(c.task, {})[name] = text.attributes
    return asked


def _order(
    m: Mutant, asked: dict[str, set[str]], failing: Counter[tuple[str, str]]
) -> tuple[str, ...]:
    """The tests that ask for the changed function first, then those that most answers fail."""
    function = m.change.split(":")[0].split(".")[0]
    return tuple(sorted(asked, key=lambda n: (function not in asked[n], -failing[m.task, n])))


def _redundant(report: Report) -> Iterator[str]:
    """Wrong answers that fail the very tests that another one fails prove nothing new."""
    for task, bank in report.answers.items():
        seen: dict[frozenset[str], str] = {}
        for name, failed in bank.items():
            if name.startswith("wrong_") and failed:
                if failed in seen:
                    yield f"{task}/{name} is redundant: it fails the same tests as {seen[failed]}"
                seen.setdefault(failed, name)

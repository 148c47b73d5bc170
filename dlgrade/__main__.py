"""The command line: `python -m dlgrade`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dlgrade.classroom.commands import COURSE, Private, Root, open_course
from dlgrade.classroom.commands import app as classroom
from dlgrade.classroom.commands import refuse as _refuse
from dlgrade.course import Course

app = typer.Typer(
    help="Exercises of Deep Learning 101: check your answers, release and verify assignments.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ASSIGNMENT]…", help="Names as in source/; by default all."),
]


def _choose(root: Path, names: list[str] | None, private: Path | None) -> tuple[Course, list[str]]:
    try:
        course = open_course(root, private)
        return course, course.choose(names or [])
    except ValueError as error:
        raise _refuse(error) from None


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="Your exercise notebook.")],
    sandbox: Annotated[bool, typer.Option(help="For somebody else's: it can do no harm.")] = False,
) -> None:
    """Run the public tests of your notebook and say what each expected and what came.

    The notebook is run from its first to its last cell, in a process of its own; nothing is
    written to it. Exit code 0 means that every public test passes, 1 that some do not.
    """
    from dlgrade.check import check as run_check

    try:
        text, earned, points = run_check(notebook, sandbox=sandbox)
    except ValueError as error:
        raise _refuse(error) from None
    typer.echo(f"{text}\n\n{earned:g} of {points:g} points of the public tests")
    raise typer.Exit(0 if earned == points else 1)


@app.command()
def release(
    assignments: Names = None,
    course: Root = COURSE,
    private: Private = None,
    force: Annotated[bool, typer.Option(help="Also what has not changed.")] = False,
) -> None:
    """Make the notebooks that students get, without solutions and hidden tests.

    They are written to release/ in the course directory by nbgrader's own converter, and only
    when the source has changed. nbgrader's commands (release_assignment, collect, autograde …)
    go on from there.
    """
    from dlgrade.release import release as run_release

    where, names = _choose(course, assignments, private)
    try:
        made = run_release(where, names, force=force)
    except ValueError as error:
        raise _refuse(error) from None
    for name in names:
        typer.echo(f"{where.release(name)} {'made' if name in made else 'is up to date'}")


@app.command()
def lint(assignments: Names = None, course: Root = COURSE, private: Private = None) -> None:
    """Read the source notebooks and the banks, and list what is not well formed. Runs no code."""
    from dlgrade.lint import lint as run_lint

    where, names = _choose(course, assignments, private)
    problems = [f"{name}: {p}" for name in names for p in run_lint(where, name)]
    typer.echo("\n".join(problems) or f"{len(names)} assignments are well formed")
    raise typer.Exit(bool(problems))


@app.command()
def verify(
    assignments: Names = None,
    course: Root = COURSE,
    private: Private = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at once.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds of random inputs.")] = 2,
    mutants: Annotated[bool, typer.Option(help="Put small faults into the reference.")] = True,
    most: Annotated[
        int | None, typer.Option(min=1, help="At most so many faults; by default all.")
    ] = None,
    fresh: Annotated[bool, typer.Option(help="Also what is verified already.")] = False,
) -> None:
    """Prove that the tests accept right answers and reject wrong ones.

    For every assignment: the reference gets full marks, the stub 0, every right answer of the
    bank full marks, and every wrong one fails exactly the tests that its file names. Of the small
    faults that are put into each task's reference, the tests must notice 90 in 100; one that does
    not change what it computes stands, with the reason, in answers/ASSIGNMENT/equivalent.toml.
    Everything runs in the sandbox. An assignment that was verified, and of which nothing has
    changed since, is not run again. Exit code 0 means that all of it holds, 1 that the lines marked
    PROBLEM say what does not.
    """
    from dlgrade.proofs import prove

    where, names = _choose(course, assignments, private)
    failed = False
    for name in names:
        holds, report = prove(
            where, name, seeds=seeds, mutants=mutants, most=most, jobs=jobs, fresh=fresh
        )
        typer.echo(report)
        failed |= not holds
    if not names:
        typer.echo(f"no exercises in {where.root / 'source'} yet")
    raise typer.Exit(failed)


@app.command()
def selftest() -> None:
    """Try to break out of the sandbox; exit code 1 when it does not hold on this machine."""
    from dlgrade.sandbox.selftest import selftest as run_selftest

    found = run_selftest()
    for what, holds in found:
        typer.echo(f"  {'holds' if holds else 'FAILS'}  student's code {what}")
    raise typer.Exit(0 if all(holds for _, holds in found) else 1)


@app.command()
def doctor() -> None:
    """Say what grading needs on this machine, what is missing, and how to install it."""
    from dlgrade.grading.doctor import examine

    missing = False
    for what, fine, advice in examine():
        missing |= not fine
        typer.echo(f"  {'fine' if fine else 'MISSING'}  {what}{'' if fine else ': ' + advice}")
    raise typer.Exit(missing)


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="A notebook, a folder, a zip, or nbgrader's submitted/.")
    ] = COURSE / "submitted",
    assignment: Annotated[str, typer.Option(help="Its name; by default the only one.")] = "",
    course: Root = COURSE,
    private: Private = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes at once.")] = 1,
    scheduler: Annotated[str, typer.Option(help="A Dask scheduler's address instead.")] = "",
    shard: Annotated[str, typer.Option(help="i/n: only every n-th submission, from i = 1.")] = "",
    seed: Annotated[int | None, typer.Option(help="The same inputs for everybody.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    gradebook: Annotated[bool, typer.Option(help="Write points into gradebook.db.")] = True,
    unsafe: Annotated[bool, typer.Option(help="Although the self-test fails.")] = False,
) -> None:
    """Grade submissions in the sandbox and write points, results and feedback.

    The results are also in the course's results/, as JSON and CSV. What has a result already is
    not graded again, so an interrupted run is simply run again. Who handed in no notebook that can
    be graded, or is not on the roster, is named. Exit code 1 means that something could not be
    graded, 2 that nothing was.
    """
    from dlgrade.grading.course import grade_course
    from dlgrade.grading.feedback import by_hand, points_of
    from dlgrade.grading.submissions import present

    where, names = _choose(course, [assignment] if assignment else None, private)
    found = {}
    try:
        for name in [assignment] if assignment else present(submissions, names):
            found[name] = dict(grade_course(
                where, name, submissions, workers=workers, scheduler=scheduler, shard=shard,
                seed=seed, gradebook=gradebook, unsafe=unsafe,
                say=lambda text: typer.echo(text, err=True),
            ))  # fmt: skip
    except ValueError as error:
        raise _refuse(error) from None
    rows = [(name, s, r) for name, rows in found.items() for s, r in rows.items()]
    if json_:
        typer.echo(json.dumps(found, indent=1))
    else:
        for name, student, record in rows:
            more = sum(by_hand(record).values())
            points = points_of(record) + f" and up to {more:g} by hand" * bool(more)
            points += f", {record['state']}"
            typer.echo(f"{name}, {student}: {points}" if len(found) > 1 else f"{student}: {points}")
    raise typer.Exit(any(r["state"] not in ("graded", "unreadable") for _, _, r in rows))


app.add_typer(classroom)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()

"""The instructor's and the self-learner's commands of `python -m dlgrade`."""

from pathlib import Path
from typing import Annotated

import typer

from dlgrade.course import Course
from dlgrade.release import open_gradebook

app = typer.Typer()
COURSE = Path("exercises")
Root = Annotated[Path, typer.Option("--course", help="The nbgrader course directory.")]
Private = Annotated[
    Path | None,
    typer.Option(
        "--private", envvar="DLGRADE_PRIVATE", help="A folder with exercises of your own."
    ),
]
Assignment = Annotated[str, typer.Argument(help="Its name; by default the only one.")]
Place = Annotated[
    Path | None,
    typer.Option("--from", help="A notebook, a folder, a zip; by default nbgrader's submitted/."),
]


def refuse(error: ValueError) -> typer.Exit:
    """Say what is wrong; exit code 2."""
    typer.echo(f"dlgrade: {error}", err=True)
    return typer.Exit(2)


def find_course(root: Path) -> Course:
    """The course, whatever its exercises are."""
    if not root.is_dir():
        raise ValueError(f"no course directory {root}: run this in the repository, or --course")
    return Course(root)


def open_course(root: Path, private: Path | None = None) -> Course:
    """The course, with one's own exercises laid over it where a folder of them is given."""
    course = find_course(root)
    if private is not None:
        from dlgrade.private import combine

        return combine(course, private)
    if (root / "combined").exists():
        raise ValueError(
            f"{root} is combined with exercises of your own: give --private again (or set "
            f"DLGRADE_PRIVATE), or remove {root / 'combined'} to do without them"
        )
    return course


def choose(root: Path, assignment: str, private: Path | None = None) -> tuple[Course, str]:
    """The course and the one assignment that is meant."""
    course = open_course(root, private)
    names = course.choose([assignment] if assignment else [])
    if len(names) != 1:
        raise ValueError(f"name one assignment: {', '.join(names) or 'there is none yet'}")
    return course, names[0]


@app.command()
def solution(
    task: Annotated[str, typer.Argument(help="As in `softmax`, or `06_…/softmax`.")],
    course: Root = COURSE,
    private: Private = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Print the book's answer to a task, for those who learn alone.

    The tasks' names stand in the table that `dlgrade check` prints. Try first: the hints of the
    failed tests are made to get you there. Exit code 1 means that you thought better of it.
    """
    from dlgrade.solution import solution as find_solution

    try:
        text = find_solution(open_course(course, private), task)
    except ValueError as error:
        raise refuse(error) from None
    if not (yes or typer.confirm(f"Have you tried {task} yourself? Show the solution?", err=True)):
        raise typer.Exit(1)
    typer.echo(text)


@app.command()
def roster(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header.")],
    course: Root = COURSE,
    encoding: Annotated[str, typer.Option(help="Of the file; by default UTF-8, or 16.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only say what would change.")] = False,
) -> None:
    """Put the names of a class into the gradebook.

    The column `id` is needed: the account's name with which the student submits. first_name,
    last_name, email and lms_user_id (Canvas' ID, Moodle's ID number) may follow; the headers that
    Canvas and Moodle export are known too. If a line is wrong, every wrong line is named, nothing
    is imported, and the exit code is 1. Nobody is ever removed: see `dlgrade delete`.
    """
    from dlgrade.classroom.roster import import_roster, read_roster

    try:
        where = find_course(course)
        students, problems = read_roster(file, encoding)
    except ValueError as error:
        raise refuse(error) from None
    for problem in problems:
        typer.echo(f"{file}, {problem}", err=True)
    if problems:
        typer.echo("nothing was imported", err=True)
        raise typer.Exit(1)
    for what, ids in import_roster(where, students, dry=dry_run).items():
        names = "" if what == "unchanged" or not ids else ": " + ", ".join(ids[:20])
        typer.echo(f"{len(ids):5d} {what}{names}{' …' if len(ids) > 20 and names else ''}")


@app.command()
def late(assignment: Assignment = "", course: Root = COURSE, private: Private = None) -> None:
    """Apply the late policy again, and list who was late and what it costs.

    The policy stands in nbgrader_config.py (c.LatePolicy), the due date in the gradebook
    (formgrader, or `nbgrader db assignment add NAME --duedate=…`). `dlgrade grade` applies it by
    itself; do it again after grading by hand, after an extension, or after a change of policy.
    """
    from nbgrader.api import MissingEntry

    from dlgrade.classroom.late import penalise

    try:
        where, name = choose(course, assignment, private)
        with open_gradebook(where) as book:
            due = book.find_assignment(name).duedate
            found = penalise(where, name, book)
    except MissingEntry:
        raise refuse(
            ValueError(f"{name} is not in the gradebook: dlgrade release {name}")
        ) from None
    except ValueError as error:
        raise refuse(error) from None
    typer.echo(f"{name} is due {f'{due} UTC' if due else 'at no time'}; {len(found)} came late")
    for student, seconds, lost in found:
        typer.echo(f"  {student}: {seconds / 3600:.1f} hours late, {lost:g} points off")


@app.command()
def regrade(
    assignment: Assignment = "",
    course: Root = COURSE,
    private: Private = None,
    place: Place = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes at once.")] = 1,
    seed: Annotated[int | None, typer.Option(help="As it was given to `grade`.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would change.")] = False,
    unsafe: Annotated[bool, typer.Option(help="Although the self-test fails.")] = False,
) -> None:
    """Grade all submissions again after you mended a test, and list every grade that changes.

    Verify the mended exercise first (`dlgrade verify`). Points and comments given by hand stay;
    feedback is written anew. Cells may change, but neither come nor go, once there are submissions.
    """
    from dlgrade.classroom.regrade import regrade as run_regrade

    try:
        where, name = choose(course, assignment, private)
        graded, changes = run_regrade(
            where, name, place or course / "submitted", workers=workers, seed=seed,
            dry=dry_run, unsafe=unsafe, say=lambda text: typer.echo(text, err=True),
        )  # fmt: skip
    except ValueError as error:
        raise refuse(error) from None
    would = "would be graded again" if dry_run else "graded again"
    typer.echo(f"{name}, {len(graded)} submissions {would}: {', '.join(graded)}")
    for change in changes:
        typer.echo(str(change))
    students = len({c.student for c in changes})
    would = "would change" if dry_run else "changed"
    typer.echo(f"{len(changes)} scores of {students} students {would}")


@app.command()
def similarity(
    assignment: Assignment = "",
    course: Root = COURSE,
    private: Private = None,
    place: Place = None,
    share: Annotated[float, typer.Option(min=0, max=1, help="The least that is told.")] = 0.5,
    common: Annotated[int, typer.Option(min=2, help="More answers with it: no matter.")] = 10,
    most: Annotated[int, typer.Option(min=1, help="How many pairs are told.")] = 50,
) -> None:
    """List pairs of submissions whose answers are alike, whatever their names and layout.

    A reason to look, never a proof: the report says what it can not show. Given cells and what
    the course's own answers contain do not count. For each pair: the part of the smaller
    submission's fingerprints that both have, how many these are, and in which tasks.
    """
    from dlgrade.classroom import similarity as module

    try:
        where, name = choose(course, assignment, private)
        pairs, without, short = module.similarity(
            where, name, place or course / "submitted", share=share, common=common
        )
    except ValueError as error:
        raise refuse(error) from None
    for p in pairs[:most]:
        both, tasks = "  ".join(p.students), ", ".join(p.tasks)
        typer.echo(f"{p.share:4.0%}  {p.fingerprints} fingerprints  {both}  in {tasks}")
    more = f", the first {most} are shown" if len(pairs) > most else ""
    typer.echo(f"{len(pairs)} pairs{more}")
    if without:
        typer.echo(f"no code to compare: {', '.join(without)}")
    if short:
        typer.echo(f"{module.SHORT}: {', '.join(short)}")
    typer.echo(module.LIMITS.format(common=common))


@app.command()
def delete(
    student: Annotated[str, typer.Argument(help="The student's id.")],
    course: Root = COURSE,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete; otherwise it is only listed.")
    ] = False,
) -> None:
    """Delete everything that the course knows about a student: grades, notebooks, feedback.

    Without --yes it only lists what would go. What was deleted can not be brought back.
    Exit code 1 means that there is nothing of this student.
    """
    from dlgrade.classroom.erase import ELSEWHERE, traces

    try:
        found = traces(find_course(course), student)
    except ValueError as error:
        raise refuse(error) from None
    if not found:
        typer.echo(f"{course} knows nothing of {student}", err=True)
        raise typer.Exit(1)
    for trace in found:
        typer.echo(("deleted " if yes else "") + trace.what)
        if yes:
            trace.remove()
    typer.echo(ELSEWHERE if yes else "nothing is deleted yet: say --yes")


@app.command()
def export(
    format_: Annotated[str, typer.Option("--format", help="canvas, moodle, or nbgrader's csv.")],
    to: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="[ASSIGNMENT]…", help="By default all.")
    ] = None,
    course: Root = COURSE,
    private: Private = None,
) -> None:
    """Write the points as a table that a learning platform imports.

    Late penalties are brought up to date and taken off. The same from nbgrader itself:
    `nbgrader export --exporter=dlgrade.classroom.export.CanvasExport --to canvas.csv`.
    """
    from dlgrade.classroom.export import FORMATS
    from dlgrade.classroom.late import penalise

    try:
        if format_ not in FORMATS:
            raise ValueError(f"no format {format_!r}: {', '.join(FORMATS)}")
        where = open_course(course, private)
        if not (course / "gradebook.db").exists():
            raise ValueError(f"there is no {course / 'gradebook.db'}: nothing was graded yet")
        plugin = FORMATS[format_]()
        plugin.to = str(to or f"{format_}.csv")
        plugin.assignment = assignments or []
        with open_gradebook(where) as book:
            known = [a.name for a in book.assignments]
            if strange := sorted(set(plugin.assignment) - set(known)):
                raise ValueError(f"not in the gradebook: {', '.join(strange)}")
            for name in plugin.assignment or known:
                penalise(where, name, book)
            waiting = sum(s.needs_manual_grade for a in book.assignments for s in a.submissions)
            plugin.export(book)
    except (ValueError, OSError) as error:
        raise refuse(ValueError(str(error))) from None
    typer.echo(
        f"{plugin.to} written"
        + (f"; {waiting} submissions wait for a grade by hand" * bool(waiting))
    )

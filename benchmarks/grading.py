"""The sandboxed grader beside plain `nbgrader autograde`, on the same submissions in one run.

Start-up is left out on both sides: what nbgrader takes for one submission is taken off what it
takes for all of them, and our workers have graded one before the clock starts. Per core compares
processor time, of a command and all that it starts: other work on the machine changes it little.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.record import RESULTS, append, machine
from dlgrade.course import Course
from dlgrade.grading.worker import Crew, Job
from dlgrade.release import release

ROUNDS = 3  # of our own runs the quickest counts: they are short, and other work comes and goes
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'b'\nc.Execute.timeout = 60\n"
SETUP = "# given\nimport numpy as np\nimport torch\n"
HEAD = "### BEGIN HIDDEN TESTS\nfrom dlgrade.kit import close, score, test\n"
NUMPY = '''
def softmax(z):
    """Over the last axis."""
    ### BEGIN SOLUTION
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
    ### END SOLUTION
'''
NUMPY_TESTS = """
@test("softmax", points=1)
def rows_sum_to_one(student, rng):
    z = torch.randn(5, 3, generator=rng).numpy()
    close(student.softmax(z).sum(-1), np.ones(5, np.float32), rtol=1e-5)

@test("softmax", points=1)
def same_as_torch(student, rng):
    z = torch.randn(5, 3, generator=rng)
    close(student.softmax(z.numpy()), torch.softmax(z, -1).numpy(), rtol=1e-5)

@test("softmax", points=1)
def stable(student, rng):
    close(student.softmax(np.array([1000.0, 0.0])), np.array([1.0, 0.0]))
"""
TRAINING = '''
def train(X, y, steps, lr):
    """A logistic regression after some steps of gradient descent with momentum."""
    ### BEGIN SOLUTION
    model = torch.nn.Linear(X.shape[1], 1, dtype=X.dtype)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(X)[:, 0], y)
        loss.backward()
        optimizer.step()
    return model
    ### END SOLUTION
'''
TRAINING_TESTS = """
def data(rng):
    X = torch.randn(200, 5, generator=rng, dtype=torch.float64)
    return X, (X[:, 0] + X[:, 1] > 0).double()

@test("train", points=1)
def first_step(student, rng):
    X, y = data(rng)
    gradient = X.T @ (0.5 - y) / len(y)
    close(student.train(X, y, 1, 0.1).weight, -0.1 * gradient[None])

@test("train", points=1)
def separates(student, rng):
    X, y = data(rng)
    assert ((student.train(X, y, 200, 0.5)(X)[:, 0] > 0) == y.bool()).double().mean() > 0.97

@test("train", points=1)
def repeatable(student, rng):
    X, y = data(rng)
    close(student.train(X, y, 50, 0.1).weight, student.train(X, y, 50, 0.1).weight)
"""
EXERCISES = {
    "numpy": ("softmax", NUMPY, NUMPY_TESTS),
    "training": ("train", TRAINING, TRAINING_TESTS),
}


def notebook(task: str, answer: str, tests: str) -> dict:
    """An exercise of one task as nbgrader's source notebook."""
    score = f'\nfloat(score("{task}", globals()))\n### END HIDDEN TESTS\n'
    cells = [
        ("setup", SETUP, {"locked": True}, None),
        (task, answer.strip(), {"solution": True}, None),
        (f"{task}-hidden", HEAD + tests + score, {"grade": True, "locked": True}, 3),
    ]
    return {
        "nbformat": 4, "nbformat_minor": 5, "cells": [
            {
                "cell_type": "code", "id": f"c{i}", "execution_count": None, "outputs": [],
                "source": source, "metadata": {"nbgrader": {
                    "grade": False, "solution": False, "locked": False, "task": False,
                    "schema_version": 3, "grade_id": name, **meta,
                    **({"points": points} if points else {}),
                }},
            }
            for i, (name, source, meta, points) in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    }  # fmt: skip


def make_course(root: Path, count: int) -> Course:
    """Both exercises, released, with submissions that differ in a comment."""
    course = Course(root)
    (root / "nbgrader_config.py").parent.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    for name, parts in EXERCISES.items():
        course.source(name).parent.mkdir(parents=True)
        course.source(name).write_text(json.dumps(notebook(*parts)))
    release(course, EXERCISES)
    for name in EXERCISES:
        for i in range(count):
            place = root / "submitted" / f"s{i:03}" / name
            shutil.copytree(course.release(name).parent, place)
            path, own = place / f"{name}.ipynb", notebook(*EXERCISES[name])
            made = json.loads(path.read_text())
            made["cells"][1]["source"] = f"{own['cells'][1]['source']}\n# {i}"
            path.write_text(json.dumps(made))
    return course


def nbgrader(course: Course, assignment: str, students: str) -> tuple[float, float]:
    """Seconds that `nbgrader autograde` takes, and those of processor time."""
    program = Path(sys.executable).parent / "nbgrader"
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [program, "autograde", assignment, "--force", f"--student={students}"],
        cwd=course.root, check=True, capture_output=True,
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1",
             "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begun, cpu


def jobs(course: Course, assignment: str, seed: int) -> Iterator[tuple[Path, Job]]:
    for path in sorted(course.root.glob(f"submitted/*/{assignment}/*.ipynb")):
        yield path, Job(path.read_bytes(), course.source(assignment), seed)


def warm(crew: Crew, course: Course) -> None:
    """Every worker has done something of either exercise."""
    for name in EXERCISES:
        first = list(jobs(course, name, 0))[:1]
        for _ in crew.share(first * crew.workers * 2):
            pass


def run(crew: Crew, course: Course, assignment: str, seed: int) -> tuple[float, float, list[float]]:
    """Seconds for all submissions, those of processor time, and what each took; all are right."""
    begun, before = time.perf_counter(), processor(crew)
    results = [r for _, r in crew.share(jobs(course, assignment, seed))]
    took, cpu = time.perf_counter() - begun, processor(crew) - before
    assert all(not isinstance(r, str) and sum(r["scores"].values()) == 3 for r in results)
    return took, cpu, [r["seconds"] for r in results if not isinstance(r, str)]


def family(pid: int) -> Iterator[Path]:
    """A process and all below it, in /proc."""
    proc = Path(f"/proc/{pid}")
    yield proc
    for child in proc.joinpath("task", str(pid), "children").read_text().split():
        yield from family(int(child))


def processor(crew: Crew) -> float:
    """Seconds of processor time of all workers and their sandboxes, ended copies included."""
    ticks = 0
    for worker in crew.idle:
        for proc in family(worker.process.pid):
            fields = proc.joinpath("stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(crew: Crew) -> float:
    """MB of a worker and its sandbox: what is shared counts once, in parts."""
    rolled = [p.joinpath("smaps_rollup").read_text() for p in family(crew.idle[0].process.pid)]
    return sum(int(text.split("Pss:")[1].split()[0]) for text in rolled) / 1024


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=40, help="submissions of each exercise")
    parser.add_argument("--record", action="store_true", help="append to benchmarks/results/")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, Crew(1) as one, Crew(2) as two:
        course = make_course(Path(folder) / "course", options.count)
        warm(one, course)
        warm(two, course)
        for name in EXERCISES:
            alone, alone_cpu = nbgrader(course, name, "s000")
            whole, whole_cpu = nbgrader(course, name, "*")
            theirs = (whole - alone) / (options.count - 1)
            theirs_cpu = (whole_cpu - alone_cpu) / (options.count - 1)
            rounds = [run(one, course, name, seed) for seed in range(1, 1 + ROUNDS)]
            single, cpu, each = min(rounds)
            double = min(run(two, course, name, 9 + seed)[0] for seed in range(ROUNDS))
            ours, ours_cpu = single / options.count, cpu / options.count
            rows.append({
                "exercise": name, "submissions": options.count,
                "nbgrader_s": f"{theirs:.3f}", "ours_s": f"{ours:.4f}",
                "nbgrader_cpu_s": f"{theirs_cpu:.3f}", "ours_cpu_s": f"{ours_cpu:.4f}",
                "times_nbgrader_per_core": f"{theirs_cpu / ours_cpu:.1f}",
                "median_latency_s": f"{statistics.median(each):.4f}",
                "worker_mb": f"{memory(one):.0f}", "scaling_1_to_2": f"{single / double:.2f}",
                "processors": os.cpu_count(), "load": f"{os.getloadavg()[0]:.1f}",
                "date": datetime.now(UTC).date().isoformat(),
            })  # fmt: skip
            print(", ".join(f"{k} {v}" for k, v in rows[-1].items()))
    if options.record:
        append(rows, RESULTS / f"grading_{machine()}.csv")


if __name__ == "__main__":
    main()

"""Faults in a tiny package are found, drawn alike each time, and tried with the right tests."""

from pathlib import Path

import pytest

from tests import mutation

mutation.SERVER.set_forkserver_preload(["pytest"])  # the tiny package needs no torch
FILES = {
    "pyproject.toml": """
        [tool.pytest.ini_options]
        pythonpath = ["."]
        markers = ["gpu", "slow", "alone"]
        """,
    "dlcore/__init__.py": "",
    "dlcore/counting/__init__.pyi": "from .doubling import double as double",
    "dlcore/counting/__init__.py": "from .doubling import double",
    "dlcore/counting/doubling.py": '''
        LIMIT = 1 + 1

        def double(n: int, *, most: int = 9) -> int:
            """Twice, as in 1 + 1."""
            if (
                n > most
            ):
                raise ValueError("at most " + str(most))
            return 2 * n
        ''',
    "dlcore/counting/halving.py": "def half(n):\n    return n / 2\n",
    "tests/dlcore/counting/test_doubling.py": """
        from dlcore.counting.doubling import double

        def test_double():
            assert double(3) == 6
        """,
    "tests/dlcore/counting/test_inverse.py": """
        from dlcore.counting import double
        from dlcore.counting.halving import half

        def test_they_run():
            double(1)
            half(4)
        """,
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        lines = text.removeprefix("\n").splitlines() or [""]
        indent = len(lines[0]) - len(lines[0].lstrip())
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line[indent:] for line in lines), "utf-8")
    return tmp_path


def at(faults, place):
    """The one fault at a place, file:line."""
    [found] = [f for f in faults if f"{f.module.name}:{f.line}" == place]
    return found


def test_faults_are_drawn_from_the_code_of_each_module_in_turn(root):
    drawn = {
        (f.line, f.after) for seed in range(40) for f in mutation.draw(root, "counting", 9, seed)
    }
    doubling = {
        (3, "def double(n: int, *, most: int=10) -> int:"),
        (5, "if n >= most:"),
        (5, "if n <= most:"),
        (8, "pass"),
        (9, "return"),
        (9, "return 2 / n"),
        (9, "return 3 * n"),
    }
    assert drawn - doubling == {(2, "return"), (2, "return n * 2"), (2, "return n / 3")}
    assert drawn >= doubling
    first = mutation.draw(root, "counting", 2, 7)
    assert {f.module.name for f in first} == {"doubling.py", "halving.py"}
    assert first == mutation.draw(root, "counting", 2, 7)


def test_the_tests_of_a_module_are_its_own_and_those_that_can_reach_it(root):
    folder = Path("tests/dlcore/counting")
    own, others = [folder / "test_doubling.py"], [folder / "test_inverse.py"]
    module = Path("dlcore/counting/doubling.py")
    assert mutation.tests_of(root, module) == (own, others)
    assert mutation.tests_of(root, module.with_name("halving.py")) == ([], others)


def test_a_fault_is_noticed_or_named(root, monkeypatch, capsys):
    faults = mutation.draw(root, "counting", 9, 0)
    chosen = [at(faults, "doubling.py:9"), at(faults, "halving.py:2")]
    monkeypatch.setattr(mutation, "draw", lambda *_: chosen)
    assert mutation.main(["--jobs", "1"], root) == 1
    table, fault = capsys.readouterr().out, chosen[1]
    assert table.splitlines()[1:] == [
        "counting              2      1  0.50",
        "  dlcore/counting/halving.py:2",
        "    - return n / 2",
        f"    + {fault.after}",
    ]
    monkeypatch.setattr(mutation, "survivors", lambda *_: [fault])
    assert mutation.main(["counting", "--least", "0.5"], root) == 0


def test_tests_that_do_not_end_are_stopped(root, tmp_path):
    copy = mutation.Copy(root, tmp_path / "copy", [])
    assert copy.run((Path("tests/dlcore/counting/test_doubling.py"),), limit=0.01) is None


def test_an_unknown_package_is_named(root, capsys):
    with pytest.raises(SystemExit):
        mutation.main(["cuonting"], root)
    assert "no packages: cuonting; there are counting" in capsys.readouterr().err

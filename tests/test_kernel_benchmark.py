"""The benchmark of the GPU kernels: its path in the interpreter, and what it says without a GPU."""

import csv
import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import kernels

TWICE = "from benchmarks.kernels import main; main(); main()"


def test_tiny_sizes_in_the_interpreter_are_measured_once(tmp_path):
    path = tmp_path / "kernels.csv"
    command = [sys.executable, "-c", TWICE, "--tiny", "--only", "softmax", "--to", str(path)]
    root = Path(__file__).parents[1]
    said = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    with path.open() as file:
        rows = list(csv.DictReader(file))
    measured = [(row["mode"], row["provider"]) for row in rows]
    providers = ("dlcore", "eager", "compiled")
    assert measured == [(mode, p) for mode in ("forward", "backward") for p in providers]
    assert said.count("All is measured") == 2
    for row in rows:
        assert row["kernel"] == "softmax"
        assert row["device"].endswith("_interpreter")
        assert row["torch"] == torch.__version__
        assert 0 < float(row["p20_ms"]) <= float(row["median_ms"]) <= float(row["p80_ms"])
        assert float(row["bytes"]) == 4 * 15 * (2 if row["mode"] == "forward" else 3)
        assert float(row["error"]) < 1e-6


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["kernels.py", *arguments])
    kernels.main()


def test_without_a_gpu_it_says_so_and_fails(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="There is no CUDA GPU here") as stopped:
        call(monkeypatch, "--only", "softmax")
    assert stopped.value.code not in (0, None)


def test_what_the_interpreter_took_never_reaches_the_results(monkeypatch, capsys):
    for arguments in (["--to", str(kernels.RESULTS / "kernels.csv")], []):
        with pytest.raises(SystemExit) as stopped:
            call(monkeypatch, "--tiny", *arguments)
        assert stopped.value.code == 2
    assert "not the interpreter" in capsys.readouterr().err


@pytest.mark.parametrize("name", kernels.KERNELS)
def test_both_hands_do_the_same_work(name):
    entry = kernels.KERNELS[name]
    torch.manual_seed(0)
    work = entry.make(entry.tiny, torch.float32, "cpu")
    hands = [work.ours, work.eager, *([work.vendor[1]] if work.vendor else [])]
    for mode in ("forward", "backward"):
        results = [kernels.passes(f, work.inputs, mode)() for f in hands]
        for other in results[1:]:
            assert kernels.error(results[0], other) < 1e-4
    assert math.isfinite(work.flops)

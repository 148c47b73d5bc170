"""The benchmark of the GPU kernels: its path in the interpreter, and what it says without a GPU."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import dlcore.kernels
from benchmarks import kernel_cases, kernels
from benchmarks.kernel_targets import verdicts

THREE_CALLS = """
import sys
from benchmarks.kernels import main

call = [*sys.argv, "--without", "compiled"]
for sys.argv in (call, [*sys.argv, "--only", "softmax", "--only", "adamw"], call):
    main()
    print("-" * 9)
"""
COMPILED = {"softmax", "adamw"}  # by the second call
PEERS = {  # that need no GPU
    "scaled_dot_product_attention": ["flash"],
    "adamw": ["fused"],
    "linear_recurrence": ["loop"],
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """What three calls in the interpreter said, and the rows they left."""
    path = tmp_path_factory.mktemp("benchmark") / "kernels.csv"
    command = [sys.executable, "-c", THREE_CALLS, "--tiny", "--to", str(path)]
    root = Path(__file__).parents[1]
    interpreted = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run(
        command, cwd=root, env=interpreted, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split("-" * 9), kernels.recorded(path)


def test_every_kernel_has_a_benchmark():
    assert kernels.KERNELS.keys() == set(dlcore.kernels.__all__) - {"last_backend"}


@pytest.mark.parametrize("name", kernels.KERNELS)
def test_tiny_sizes_in_the_interpreter_are_measured_once(name, tiny):
    entry = kernels.KERNELS[name]
    rows = [row for row in tiny[1] if row["kernel"] == name]
    by = ["dlcore", "eager", *PEERS.get(name, [])]
    expected = [(mode, provider) for mode in entry.modes for provider in by]
    expected += [(mode, "compiled") for mode in entry.modes if name in COMPILED]
    assert [(row["mode"], row["provider"]) for row in rows] == expected
    for row in rows:
        assert row["note"] == ""
        assert row["device"].endswith("_interpreter")
        assert row["torch"] == torch.__version__
        assert 0 < float(row["p20_ms"]) <= float(row["median_ms"]) <= float(row["p80_ms"])
        assert float(row["copy_bytes_s"]) > 0 < float(row["matmul_flops_s"])
        assert 0 <= float(row["error"]) < 2e-6
        assert all(row[k] for k in (*kernels.KEY, *kernels.FOUND))
        assert {float(r["bytes"]) for r in rows if r["mode"] == row["mode"]} == {
            float(row["bytes"])
        }


def test_a_later_call_goes_on_from_there(tiny):
    said, _ = tiny
    assert [text.count("All is measured") for text in said] == [1, 1, 1, 0]
    assert [text.count(" ms ") for text in said[1:]] == [3, 0, 0]


@pytest.mark.parametrize(
    ("name", "mode", "expected_bytes", "flops"),
    [
        ("softmax", "backward", 4 * 3 * 15, 0),
        ("matmul", "forward", 4 * (3 * 7 + 7 * 5 + 5 + 3 * 5), 2 * 3 * 5 * 7),
        ("linear_cross_entropy", "step", 4 * (2 * (3 * 5 + 7 * 5) + 1) + 8 * 3, 6 * 3 * 7 * 5),
        ("scaled_dot_product_attention", "backward", 4 * (3 * 40 + 4 * 20), 2.5 * 2 * 2 * 25 * 4),
        ("lstm_cell", "backward", 4 * 16 * 15, 0),
        ("adamw", "step", 4 * 7 * 6, 0),
    ],
)
def test_bytes_and_operations_are_the_fewest(name, mode, expected_bytes, flops, tiny):
    row = next(row for row in tiny[1] if (row["kernel"], row["mode"]) == (name, mode))
    assert (float(row["bytes"]), float(row["flops"])) == (expected_bytes, flops)


def test_a_twin_is_not_taken_for_a_kernel(monkeypatch):
    monkeypatch.setenv("DLCORE_KERNELS", "torch")
    work = kernel_cases.softmax((3, 5), torch.float32, "cpu")
    with pytest.raises(RuntimeError, match="softmax ran on torch, not on Triton"):
        kernels.measured("softmax", work, "forward", "dlcore", tiny=True)


def refuse(*_):
    raise NotImplementedError("no such type\nand more")


def run_out(*_):
    raise torch.OutOfMemoryError


def test_a_peer_that_does_nothing_is_noted_and_our_own_fault_is_not_kept(monkeypatch, tmp_path):
    def make(*_):
        peers = {"refuses": refuse, "too large": run_out}
        return kernel_cases.Work(refuse, torch.sin, [torch.ones(3)], peers)

    entry = kernels.Entry(make, ((3,),), (3,), modes=("forward",))
    monkeypatch.setattr(kernels, "KERNELS", {"sin": entry})
    path = tmp_path / "kernels.csv"
    run = kernels.Run(path, 1.0, tiny=True)
    assert run.go_through(["sin"], ["compiled"])
    assert run.failed == ["sin 3 float32 forward dlcore"]
    notes = {row["provider"]: row["note"] for row in kernels.recorded(path)}
    assert notes == {"eager": "", "refuses": "no such type", "too large": "out of memory"}
    late = kernels.Run(path, 0.0, tiny=True)
    assert not late.go_through(["sin"], [])
    assert len(kernels.recorded(path)) == 3


def test_where_only_eager_torch_runs_out_of_memory_the_others_are_timed():
    work = kernel_cases.Work(refuse, run_out, [torch.ones(3)], {"cosine": torch.cos})
    found = kernels.measured("cosine", work, "forward", "cosine", tiny=True)
    assert found["error"] != found["error"]
    assert found["median_ms"] > 0


def test_what_falls_to_zero_by_chance_is_not_compared():
    a, b = torch.tensor([2.0, 0.0, 4.0]), torch.tensor([2.0, 3.0, 0.0])
    assert kernel_cases.error_of_the_kept(a, b) == 0
    assert kernel_cases.error_of_the_kept(1.5 * a, b) == 0.5


def test_memory_is_that_of_the_call_alone(monkeypatch):
    allocated = [100, 900]  # now, and at most since the start
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: allocated[0])
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: allocated[1])
    monkeypatch.setattr(
        torch.cuda, "reset_peak_memory_stats", lambda: allocated.__setitem__(1, allocated[0])
    )

    def call():
        allocated[1] = max(allocated[1], 175)

    assert kernels.peak(call, tiny=False) == 75


def test_the_driver_is_asked_for_its_version(monkeypatch, tmp_path):
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho 1.2.3; echo 1.2.3\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert kernels.driver() == "1.2.3"


def row(work, provider, **found):
    labels = dict(zip(("kernel", "size", "dtype", "mode"), work.split(), strict=True))
    blank = {"flops": "1", "of_copy": "0", "bytes": "0", "memory_bytes": "0"}
    return labels | blank | {"provider": provider} | {k: str(v) for k, v in found.items()}


def test_targets_are_met_or_missed():
    small, large = "softmax 3x5 float32 forward", "softmax 8192x8192 float32 forward"
    product = "matmul 8192x8192x2048xplain tf32 forward"
    attention = "scaled_dot_product_attention 1x16x16x16384x128x{} bfloat16 forward"
    fused = "linear_cross_entropy 8x9x7 bfloat16 step"
    rows = [
        row(small, "dlcore", median_ms=2, flops=0, of_copy=0.85, bytes=60),
        row(small, "compiled", median_ms=1, flops=0),  # so small that it does not count
        row(large, "dlcore", median_ms=2, flops=0, of_copy=0.84, bytes=64e6),
        row(large, "compiled", median_ms=3, flops=0),
        row(product, "dlcore", median_ms=100),
        row(product, "eager", median_ms=94),
        row(product.replace("2048", "512"), "dlcore", median_ms=100),
        row(product.replace("2048", "512"), "eager", median_ms=1),
        row(attention.format("full"), "dlcore", median_ms=1, flops=478e9),
        row(attention.format("causal"), "dlcore", median_ms=1, flops=476e9),
        row(attention.format("causal"), "flash", median_ms=""),
        row(fused, "dlcore", median_ms=1.14, memory_bytes=10),
        row(fused, "eager", median_ms=1, memory_bytes=39),
        row("gru_cell 3x5 float32 forward", "eager", median_ms=1),  # ours is not measured yet
    ]
    said = [" ".join(line.split()) for line in verdicts(rows)]
    assert said == [
        f"met {small}: 0.85 of a copy, at least 0.85",
        f"missed {large}: 0.84 of a copy, at least 0.85",
        f"met {large}: 1.5 times the speed of torch.compile, at least 1",
        f"missed {product}: 0.94 times the speed of cuBLAS, at least 0.95",
        f"met {attention.format('full')}: 478 TFLOP/s on an H200 (395 is a pass), at least 477",
        f"missed {attention.format('causal')}: 476 TFLOP/s on an H200 (395 is a pass), "
        "at least 477",
        f"met {fused}: 0.8772 times the speed of eager torch, at least 0.8696",
        f"missed {fused}: 3.9 times less memory than eager torch, at least 4",
        "4 of 8 targets are met.",
    ]


def test_targets_are_judged_by_what_a_run_leaves(tiny):
    judged = {line.split()[1] for line in verdicts(tiny[1])[:-1]}
    memory_bound = {r["kernel"] for r in tiny[1] if float(r["flops"]) == 0}
    assert judged == memory_bound | {"linear_cross_entropy"}


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["kernels.py", *arguments])
    kernels.main()


def test_without_a_gpu_it_says_so_and_fails(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="There is no CUDA GPU here") as stopped:
        call(monkeypatch, "--only", "softmax")
    assert stopped.value.code not in (0, None)


def test_what_the_interpreter_took_never_reaches_the_results(monkeypatch, capsys):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    results = str(kernels.RESULTS / "kernels.csv")
    for arguments in ([], ["--to", "elsewhere.csv"], ["--to", results]):
        with pytest.raises(SystemExit) as stopped:
            call(monkeypatch, "--tiny", *arguments)
        assert stopped.value.code == 2
    assert "not the interpreter" in capsys.readouterr().err

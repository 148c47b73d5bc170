"""Which backend is chosen, how one asks, and that a machine without Triton misses nothing."""

import subprocess
import sys

import pytest
import torch

from dlcore import kernels
from dlcore.kernels import choice, operators
from tests.dlcore.kernels.conftest import INTERPRETED


@pytest.mark.reference("triton.runtime.interpreter.GridExecutor", of="dlcore.kernels.last_backend")
def test_it_says_triton_exactly_when_triton_launched(monkeypatch):
    assert kernels.last_backend("no such operator") is None
    launches = []
    if INTERPRETED:
        from triton.runtime.interpreter import GridExecutor

        launch = GridExecutor.__call__
        monkeypatch.setattr(
            GridExecutor,
            "__call__",
            lambda self, *args, **kw: (
                launches.append(self.fn.__name__) or launch(self, *args, **kw)
            ),
        )
    kernels.softmax(torch.zeros(2, 3))
    assert launches == ["_forward_kernel"] * INTERPRETED
    assert kernels.last_backend("softmax") == ("triton" if launches else "torch")
    monkeypatch.setenv("DLCORE_KERNELS", "torch")
    kernels.softmax(torch.zeros(2, 3))
    assert launches == ["_forward_kernel"] * INTERPRETED
    assert kernels.last_backend("softmax") == "torch"


def test_a_backward_that_is_differentiated_runs_on_the_twin():
    x = torch.randn(3, 5, requires_grad=True)
    (grad,) = torch.autograd.grad(kernels.softmax(x)[:, 0].sum(), x, create_graph=True)
    assert kernels.last_backend("softmax") == ("triton" if INTERPRETED else "torch")
    assert kernels.last_backend("softmax_backward") == "torch"
    assert grad.requires_grad


@pytest.mark.gpu
@pytest.mark.parametrize(("wish", "ran"), [("auto", "triton"), ("torch", "torch")])
def test_on_a_gpu_kernels_run_unless_told_otherwise(wish, ran, monkeypatch):
    monkeypatch.setenv("DLCORE_KERNELS", wish)
    kernels.softmax(torch.zeros(2, 3, device="cuda"))
    assert kernels.last_backend("softmax") == ran


def test_auto_on_the_cpu_is_the_twin(monkeypatch):
    monkeypatch.delenv("DLCORE_KERNELS")
    kernels.softmax(torch.zeros(2, 3))
    assert kernels.last_backend("softmax") == "torch"


@pytest.mark.bad_input
def test_a_wish_that_cannot_be_met(monkeypatch):
    monkeypatch.setenv("DLCORE_KERNELS", "cuda")
    with pytest.raises(ValueError, match="DLCORE_KERNELS is 'cuda', expected one of auto, torch"):
        kernels.softmax(torch.zeros(2))
    monkeypatch.setenv("DLCORE_KERNELS", "triton")
    monkeypatch.setattr(choice, "interpreted", False)
    with pytest.raises(RuntimeError, match=r"tensors are on cpu .* needs a GPU, or TRITON_INTER"):
        kernels.softmax(torch.zeros(2))


WITHOUT_TRITON = """
import sys
sys.modules["triton"] = None
import importlib.util as util
find = util.find_spec
util.find_spec = lambda name, *rest: None if name == "triton" else find(name, *rest)
import torch
from dlcore import kernels, nn
nn.LayerNorm(3)(torch.zeros(2, 3))
assert "dlcore.kernels._triton" not in sys.modules
names = [getattr(kernels, name) for name in kernels.__all__]
assert not any(name.startswith("triton.") for name in sys.modules)
assert torch.equal(kernels.softmax(torch.zeros(2)), torch.full((2,), 0.5))
assert kernels.last_backend("softmax") == "torch"
"""


def test_a_missing_triton_breaks_no_import(monkeypatch):
    monkeypatch.delenv("DLCORE_KERNELS")
    subprocess.run([sys.executable, "-c", WITHOUT_TRITON], check=True)


def test_tensors_are_found_in_lists():
    x, y, z = torch.zeros(3)
    assert [float(t) for t in operators.tensors_in([x, 2, [y, (z, None)]])] == [0, 0, 0]

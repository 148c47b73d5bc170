"""The dense layer against torch.nn.Linear: state, start, values, gradients."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close, layouts


def pair(bias, dtype=torch.float64):
    ours, theirs = nn.Linear(5, 7, bias, dtype=dtype), torch.nn.Linear(5, 7, bias, dtype=dtype)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@pytest.mark.reference("torch.nn.Linear", of="dlcore.nn.Linear")
@pytest.mark.parametrize("bias", [True, False])
def test_values_and_gradients(bias, generator):
    ours, theirs = pair(bias)
    X = torch.randn(11, 5, generator=generator, dtype=torch.float64)
    for part in [*layouts(X).values(), X[0], X.reshape(1, 11, 5)]:
        results = []
        for layer in (ours, theirs):
            x = part.detach().clone().requires_grad_()
            out = layer(x)
            wrt = [x, *layer.parameters()]
            results += [[out, *torch.autograd.grad((out**2).sum(), wrt)]]
        for actual, expected in zip(*results, strict=True):
            assert_close(actual, expected)


@pytest.mark.parametrize("bias", [True, False])
def test_state_loads_both_ways_and_is_named_alike(bias):
    ours, theirs = pair(bias)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    fresh = nn.Linear(5, 7, bias, dtype=torch.float64)
    theirs.load_state_dict(fresh.state_dict())
    assert torch.equal(theirs.weight, fresh.weight)
    assert repr(fresh) == repr(theirs)


def test_starts_with_torchs_numbers():
    torch.manual_seed(5)
    ours = nn.Linear(5, 7)
    torch.manual_seed(5)
    theirs = torch.nn.Linear(5, 7)
    assert torch.equal(ours.weight, theirs.weight)
    assert torch.equal(ours.bias, theirs.bias)


def test_example_of_the_chapter_and_its_transposed_slip():
    layer = nn.Linear(2, 2, dtype=torch.float64)
    W = torch.tensor([[0.5, -0.3], [0.8, 0.2]])
    layer.load_state_dict({"weight": W, "bias": torch.tensor([0.1, -0.2])})
    x = torch.tensor([[1.0, 0.5]], dtype=torch.float64)
    assert_close(layer(x), [[0.45, 0.7]], rtol=1e-7)
    layer.weight.data = layer.weight.data.T
    assert_close(layer(x), [[1.0, -0.4]], rtol=1e-7)


def test_gradcheck(generator):
    layer = nn.Linear(3, 2, dtype=torch.float64)
    X = torch.randn(5, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, X)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_the_dtype_is_the_parameters(dtype):
    assert nn.Linear(5, 7, dtype=dtype)(torch.zeros(3, 5, dtype=dtype)).dtype == dtype


@pytest.mark.bad_input
def test_bad_input():
    for sizes in ((0, 3), (3, -1), (3.0, 2), (2, "3")):
        with pytest.raises(ValueError, match=f"at least 1, got {sizes[0]!r} and {sizes[1]!r}"):
            nn.Linear(*sizes)
    with pytest.raises(ValueError, match=r"expected inputs of shape \(\.\.\., 5\), got \(5, 3\)"):
        nn.Linear(5, 7)(torch.zeros(5, 3))
    with pytest.raises(ValueError, match=r"got \(\)"):
        nn.Linear(5, 7)(torch.tensor(1.0))

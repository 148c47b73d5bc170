"""Rows of a table and their summed gradients against torch's, and the same bits each time."""

from importlib import import_module

import pytest
import torch
from torch.nn import functional as F

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.conftest import INTERPRETED
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

module = import_module("dlcore.kernels.embedding")


def numbers(shape, k, generator, device, dtype=torch.int64):
    """Numbers of rows with many ties."""
    return torch.randint(k, shape, generator=generator).to(device, dtype)


@pytest.mark.reference("torch.nn.functional.embedding", of="dlcore.kernels.embedding")
@pytest.mark.parametrize("padding_idx", [None, 2, -1])
@pytest.mark.parametrize(
    ("shape", "table"),
    [((7,), (5, 13)), ((3, 11), (7, 1)), ((0,), (5, 3)), ((2,), (3, 517)), ((), (3, 2))],
)
def test_errs_little_more_than_torch(shape, table, padding_idx, device, assert_ran, generator):
    x = numbers(shape, table[0], generator, device)
    weight = torch.randn(table, generator=generator).to(device).requires_grad_()

    def by(f):
        return lambda weight: f(x, weight, padding_idx)

    assert_within_error_model(
        by(kernels.embedding), by(F.embedding), weight, terms=max(x.numel(), 1)
    )
    assert_ran("embedding", "embedding_backward")


def test_the_same_bits_again_though_all_fall_on_one_row(device, generator):
    x = torch.zeros(301, dtype=torch.int32, device=device)
    grad = torch.randn(301, 7, generator=generator).to(device)
    runs = [module._embedding_backward(grad, x, 3, -1) for _ in range(3)]
    assert all(torch.equal(run, runs[0]) for run in runs)
    assert_close(runs[0][0].double(), grad.double().sum(0), rtol=1e-4)
    assert not runs[0][1:].any()


def test_any_layout(device, monkeypatch, generator):
    monkeypatch.setattr(module, "ELEMENTS", 32)
    monkeypatch.setattr(module, "COLUMNS", 4)
    x = numbers((6, 8), 5, generator, device)
    weight = torch.randn(10, 12, generator=generator, dtype=torch.float64).to(device)
    tables = (weight[::2], weight[:, ::2], weight.T[:10, :5], weight[:1].expand(5, 12))
    for view, table in zip((x.T, x[:, ::3], x[:1].expand(4, 8), x.int()), tables, strict=True):
        leaf = table.detach().requires_grad_()
        found, expected = (f(view, leaf) for f in (kernels.embedding, F.embedding))
        assert_close(found, expected)
        wide = torch.randn(table.shape[1], 2, *view.shape, generator=generator).to(weight)
        for grad in (wide[:, 0].movedim(0, -1), weight[0, 0].expand(found.shape)):
            assert_close(*(torch.autograd.grad(y, leaf, grad, True)[0] for y in (found, expected)))


def test_offsets_beyond_32_bits(device, far_rows, generator):
    table = far_rows(37, device, generator)
    x = torch.tensor([1, 0, 1], device=device)
    assert torch.equal(kernels.embedding(x, table), table[x])
    dw = module._embedding_backward(table, x[:2], 3, -1)
    assert torch.equal(dw[:2], table.flip(0))
    assert not dw[2].any()


def test_what_torch_expects_of_an_operator(device, generator):
    x = numbers((3, 4), 5, generator, device)
    weight = torch.randn(5, 2, generator=generator, dtype=torch.float64).to(device)
    weight = weight.requires_grad_()

    def f(weight):
        return kernels.embedding(x, weight, 1)

    contracts.assert_no_graph_without_gradients(f, weight)
    contracts.assert_compiles(f, weight)
    contracts.assert_derivatives(lambda w: kernels.embedding(x, w), weight)
    contracts.assert_transforms(lambda w: kernels.embedding(x, w), weight)
    assert_close(torch.func.vmap(kernels.embedding, (1, None))(x, weight), F.embedding(x.T, weight))
    gradient = torch.func.grad(lambda w: f(w).square().sum())(weight.detach())
    assert_close(gradient, torch.autograd.grad(f(weight).square().sum(), weight)[0])
    assert not gradient[1].any()
    contracts.assert_schema(module._embedding, x, weight, -1)
    grad = torch.randn(3, 4, 2, generator=generator).to(device)
    contracts.assert_schema(module._embedding_backward, grad, x, 5, 1)


def test_numbers_outside_the_table(device):
    weight, x = torch.ones(3, 2, device=device), torch.tensor([0, 3, -1, 2], device=device)
    if device == "cpu" and not INTERPRETED:
        with pytest.raises(IndexError):
            kernels.embedding(x, weight)
    else:
        assert kernels.embedding(x, weight).isnan().all(1).tolist() == [False, True, True, False]


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    x, weight = torch.zeros(3, dtype=torch.long), torch.zeros(5, 2)
    with pytest.raises(TypeError, match=r"int32 or int64, this is torch\.float32"):
        kernels.embedding(weight, weight)
    with pytest.raises(TypeError, match=r"must be floating, it is torch\.int64"):
        kernels.embedding(x, weight.long())
    with pytest.raises(ValueError, match=r"a table \(k, d\), got \(5,\)"):
        kernels.embedding(x, weight[:, 0])
    with pytest.raises(ValueError, match="padding_idx is 5, but the table has 5 rows"):
        kernels.embedding(x, weight, 5)

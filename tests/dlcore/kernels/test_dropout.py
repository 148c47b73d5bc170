"""Dropout: the published words of Philox, the same mask everywhere, the right share of zeros."""

from importlib import import_module

import pytest
import torch
from jaxtyping import config
from torch.nn import functional as F

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.conftest import INTERPRETED
from tests.parity import assert_close

module = import_module("dlcore.kernels.dropout")

# From the file kat_vectors of Random123, the authors' own implementation: counter, key, words
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def words(text):
    return [torch.tensor([int(word, 16)]) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_published_words(counter, key, expected):
    assert module.philox(words(counter), words(key)) == words(expected)


def seeded(number):
    return torch.Generator().manual_seed(number)


@pytest.mark.reference("torch.nn.functional.dropout", of="dlcore.kernels.dropout")
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_zeros_come_as_often_as_in_torch_and_the_rest_is_scaled_alike(p, device, assert_ran):
    x = torch.rand(5, 20_011, generator=seeded(0)).to(device) + 0.5
    y = kernels.dropout(x, p, generator=seeded(1))
    assert_ran("dropout")
    torch.manual_seed(2)
    expected = F.dropout(x, p)
    for found in (y, expected):
        zeros = (found == 0).double()
        # four standard deviations of a mean of n: one false alarm in 15,000
        assert abs(zeros.mean() - p) < 4 * (p * (1 - p) / x.numel()) ** 0.5
        assert_close(found, torch.where(found == 0, 0, x / (1 - p)), rtol=1e-6)
    # neighbours, and the four quarters of a group, know nothing of each other
    zeros = (y == 0).double().flatten() - p
    for apart in (1, 2, 1024, 2048, 4096):
        assert abs((zeros[apart:] * zeros[:-apart]).mean()) < 4 * p * (1 - p) / 1e5**0.5


@pytest.mark.parametrize("shape", [(3, 5), (1,), (0, 4), (4096,), (4097,), (3, 2731)], ids=str)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_the_same_bits_on_every_backend(shape, dtype, device, assert_ran):
    x = torch.randn(shape, generator=seeded(0)).to(device, dtype)
    seed = torch.tensor([2**62 - 12345], device=device)
    y = module._dropout(x, seed, 0.3)
    assert_ran("dropout")
    assert torch.equal(y, module._dropout.twin(x, seed, 0.3))


def test_counters_beyond_32_bits():
    low, high = (module.philox(words(f"3 {upper} 0 0"), words("7 0")) for upper in (0, 1))
    assert low != high


def test_extreme_probabilities_and_evaluation(device):
    x = torch.tensor([1.0, -0.0, torch.inf, torch.nan, 3.0], device=device)
    assert_close(kernels.dropout(x, 0.0), x)
    assert_close(kernels.dropout(x, 1.0), F.dropout(x, 1.0))
    dropped = kernels.dropout(torch.full((99,), torch.inf, device=device), 0.5)
    assert dropped.isnan().any()
    assert kernels.dropout(x, 0.5, training=False) is x


def test_the_seed_decides(device):
    x = torch.ones(1000, device=device)
    same = [kernels.dropout(x, generator=seeded(s)) for s in (1, 1, 2)]
    assert torch.equal(same[0], same[1])
    assert not torch.equal(same[0], same[2])
    torch.manual_seed(3)
    a = kernels.dropout(x)
    torch.manual_seed(3)
    assert torch.equal(a, kernels.dropout(x))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_the_gradient_has_the_mask_of_the_value(dtype, device, assert_ran):
    x = torch.ones(3, 1001, device=device, dtype=dtype, requires_grad=True)
    y = kernels.dropout(x, 0.4, generator=seeded(1))
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())
    assert_ran("dropout")


def test_what_torch_expects_of_an_operator(device):
    x = torch.randn(3, 5, generator=seeded(0), dtype=torch.float64).to(device).requires_grad_()
    seed = torch.tensor([5], device=device)

    def f(x):
        return module._dropout(x, seed, 0.5)

    contracts.assert_derivatives(f, x)
    contracts.assert_no_graph_without_gradients(f, x)
    contracts.assert_compiles(f, x)
    contracts.assert_schema(module._dropout, x, seed, 0.5)
    gradient = torch.func.grad(lambda x: f(x).sum())(x.detach())
    assert_close(gradient, f(torch.ones_like(x)))


def test_examples_of_a_batch_get_the_same_mask_or_their_own(device, assert_ran):
    batch = torch.ones(3, 50, device=device)
    same = torch.func.vmap(kernels.dropout, randomness="same")(batch)
    assert torch.equal(same, same[:1].expand(3, 50))
    different = torch.func.vmap(kernels.dropout, randomness="different")(batch)
    assert not torch.equal(different[0], different[1])
    for y in (same, different):
        assert 0 < (y == 0).sum() < y.numel()


def test_compiled_it_draws_the_same_numbers(device):
    if INTERPRETED:
        return
    x = torch.ones(50, device=device)
    config.update("jaxtyping_disable", True)  # the checker draws samples, which cannot be traced
    found = []
    for f in (kernels.dropout, torch.compile(kernels.dropout, backend="aot_eager", fullgraph=True)):
        torch.manual_seed(3)
        found.append(f(x))
    assert torch.equal(*found)


def test_any_layout(device):
    x = torch.randn(6, 8, generator=seeded(0)).to(device)
    for view in (x.T, x[:, ::2], x[:1].expand(3, 8)):
        y = kernels.dropout(view, generator=seeded(1))
        assert torch.equal(y, kernels.dropout(view.contiguous(), generator=seeded(1)))


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"p must be in \[0, 1\], it is 1\.5"):
        kernels.dropout(torch.zeros(3), 1.5)
    with pytest.raises(TypeError, match=r"must be floating, this is torch\.int64"):
        kernels.dropout(torch.arange(3))

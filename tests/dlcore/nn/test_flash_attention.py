"""Attention in blocks equals attention at once: values, gradients, second derivatives, memory."""

import pytest
import torch
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from dlcore import nn
from tests.parity import assert_close, assert_parity

D = torch.float64


@pytest.mark.reference("torch.logsumexp", of="dlcore.nn.online_softmax")
@pytest.mark.parametrize("block_size", [1, 2, 5, 100])
def test_one_pass_gives_maximum_and_sum(block_size, generator):
    scores = 50 * torch.randn(3, 13, generator=generator, dtype=D)
    scores[1, :4] = -torch.inf
    largest, total = nn.online_softmax(scores, block_size)
    assert_close(largest, scores.amax(-1))
    assert_close(largest + total.log(), scores.logsumexp(-1))
    assert_close((scores - largest[:, None]).exp() / total[:, None], scores.softmax(-1))
    largest, total = nn.online_softmax(torch.full((2, 3), -torch.inf), block_size)
    assert (largest == -torch.inf).all()
    assert (total == 0).all()


LENGTHS = [(13, 13), (5, 11), (11, 5), (2, 5)]


@pytest.mark.reference(
    "torch.nn.functional.scaled_dot_product_attention", of="dlcore.nn.flash_attention"
)
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("block_size", [1, 4, 64])
@pytest.mark.parametrize("is_causal", [False, True])
def test_blocks_as_in_torch(lengths, block_size, is_causal, generator):
    t_query, t_key = lengths
    q, k = (torch.randn(2, 3, t, 7, generator=generator, dtype=D) for t in (t_query, t_key))
    v = torch.randn(2, 3, t_key, 5, generator=generator, dtype=D)

    def ours(q, k, v, **options):
        return nn.flash_attention(q, k, v, block_size=block_size, **options)

    assert_parity(
        ours, F.scaled_dot_product_attention, 3 * q, 3 * k, v, is_causal=is_causal, scale=0.5
    )
    assert_parity(ours, F.scaled_dot_product_attention, q, k, v, is_causal=is_causal)


def test_huge_scores(generator):
    q, k, v = torch.randn(3, 9, 5, generator=generator, dtype=D)
    y = nn.flash_attention(1e4 * q, 1e4 * k, v, block_size=2)
    assert_close(y, F.scaled_dot_product_attention(1e4 * q, 1e4 * k, v))


def test_derivatives_of_both_orders_and_vmap(generator):
    q, k, v = torch.randn(3, 2, 5, 3, generator=generator, dtype=D).requires_grad_().unbind()

    def causal(q, k, v):
        return nn.flash_attention(q, k, v, is_causal=True, block_size=2)

    assert torch.autograd.gradcheck(causal, (q, k, v))
    assert torch.autograd.gradgradcheck(causal, (q, k, v))
    assert_close(torch.func.vmap(causal)(q, k, v), causal(q, k, v))


def test_without_positions():
    assert nn.flash_attention(torch.zeros(0, 3), torch.zeros(2, 3), torch.zeros(2, 5)).shape == (
        0,
        5,
    )
    assert_close(
        nn.flash_attention(torch.zeros(2, 3), torch.zeros(0, 3), torch.zeros(0, 5)),
        torch.zeros(2, 5),
    )


class Largest(TorchDispatchMode):
    """The size of the largest tensor that any operation gives."""

    def __init__(self):
        super().__init__()
        self.numel = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for each in torch.utils._pytree.tree_leaves(out):
            if isinstance(each, torch.Tensor):
                self.numel = max(self.numel, each.numel())
        return out


def test_the_matrix_of_weights_never_stands():
    t, d = 256, 4
    sizes = {}
    for attention in (nn.flash_attention, nn.scaled_dot_product_attention):
        q, k, v = (torch.ones(t, d, requires_grad=True) for _ in range(3))
        with Largest() as largest:
            attention(q, k, v).sum().backward()
        sizes[attention] = largest.numel
    assert sizes[nn.flash_attention] <= 64 * 64
    assert sizes[nn.scaled_dot_product_attention] == t * t


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(2, 3)
    with pytest.raises(ValueError, match="block_size must be at least 1, got 0"):
        nn.flash_attention(x, x, x, block_size=0)
    with pytest.raises(ValueError, match="block_size must be at least 1, got 0"):
        nn.online_softmax(x, 0)
    with pytest.raises(ValueError, match="same features"):
        nn.flash_attention(x, torch.zeros(2, 4), x)
    with pytest.raises(ValueError, match="one value per key"):
        nn.flash_attention(x, x, torch.zeros(3, 3))

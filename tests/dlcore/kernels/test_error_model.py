"""The yardstick of the kernels' tests itself: what it lets pass, and what it must not."""

import pytest
import torch

from tests.dlcore.kernels.error_model import LOW, assert_within_error_model, roundings


def sums(x):
    return x.sum(-1)


def one_by_one(x):
    """Added in the input's own type, one term after another."""
    total = torch.zeros_like(x[..., 0])
    for term in x.unbind(-1):
        total = total + term
    return total


def pairwise(x):
    """Added in a tree of pairs, in float32 at least."""
    z = x if x.dtype == torch.float64 else x.float()
    while z.shape[-1] > 1:
        z = z[..., ::2] + z[..., 1::2]
    return z[..., 0].to(x.dtype)


@pytest.mark.parametrize("seed", range(5))
def test_a_tree_of_sums_passes_and_a_sum_in_half_precision_does_not(seed):
    x = torch.rand(8, 512, generator=torch.Generator().manual_seed(seed))
    assert_within_error_model(pairwise, sums, x.requires_grad_(), terms=512)
    with pytest.raises(AssertionError, match=r"torch\.bfloat16, value"):
        assert_within_error_model(one_by_one, sums, x, dtypes=[torch.bfloat16], terms=512)


@pytest.mark.parametrize("dtype", [torch.float64, *LOW])
def test_one_wrong_number_among_many_is_seen(dtype):
    x = torch.rand(1000, generator=torch.Generator().manual_seed(0)) + 1

    def wrong(x):
        # twelve roundings where two are granted, at the largest number alone
        bad = 1 + 12 * (1e-12 if x.dtype == torch.float64 else roundings(x.dtype, 1))
        return x * torch.ones_like(x).index_fill(0, x.argmax(), bad) if x.dtype == dtype else x * 1

    with pytest.raises(AssertionError, match=f"{dtype}, value"):
        assert_within_error_model(wrong, torch.clone, x, terms=1)


def test_an_exact_reference_grants_two_roundings_and_a_wrong_gradient_is_seen():
    x = torch.ones(7)
    assert_within_error_model(lambda x: x * (1 + torch.finfo(x.dtype).eps), torch.clone, x, terms=1)

    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            return 1.1 * grad

    with pytest.raises(AssertionError, match="gradient 1"):
        assert_within_error_model(Wrong.apply, torch.clone, x.requires_grad_(), terms=1)


def test_nan_elsewhere_is_seen():
    x = torch.tensor([1.0, torch.nan, torch.inf])
    assert_within_error_model(torch.clone, torch.clone, x, terms=1)
    with pytest.raises(AssertionError, match="NaN elsewhere"):
        assert_within_error_model(torch.nan_to_num, torch.clone, x, terms=1)

"""The matrix product in three ways against torch, and the cheapest order against all orders."""

import itertools
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from dlcore.linalg import matmul, matmul_blocked, matmul_flops, matmul_naive, matrix_chain_order
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity

A, B = gaussian(5, 7), gaussian(7, 3, seed=1)


@pytest.mark.reference("torch.matmul", of="dlcore.linalg.matmul_naive")
@pytest.mark.reference("torch.matmul", of="dlcore.linalg.matmul")
@pytest.mark.reference("torch.matmul", of="dlcore.linalg.matmul_blocked")
@pytest.mark.parametrize("ours", [matmul_naive, matmul, matmul_blocked])
def test_parity(ours):
    assert_parity(ours, torch.matmul, A, B)
    seed = torch.tensor([[5.0, 6.0], [7.0, 8.0]])
    assert ours(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), seed).tolist() == [[19, 22], [43, 50]]


@pytest.mark.parametrize("ours", [matmul_naive, matmul, matmul_blocked])
@pytest.mark.parametrize("sizes", [(0, 3, 2), (2, 0, 3), (3, 2, 0)])
def test_sizes_of_zero(ours, sizes):
    m, k, n = sizes
    assert torch.equal(ours(torch.ones(m, k), torch.ones(k, n)), torch.zeros(m, n))


def test_batches():
    assert_parity(matmul, torch.matmul, gaussian(2, 3, 5, 7), gaussian(2, 3, 7, 11))


@pytest.mark.parametrize("block_size", [1, 2, 5, 64])
def test_the_size_of_the_blocks_changes_only_rounding(block_size):
    assert_close(matmul_blocked(A, B, block_size), A @ B, rtol=1e-13)


@pytest.mark.reference("torch.utils.flop_counter.FlopCounterMode", of="dlcore.linalg.matmul_flops")
def test_flops():
    with FlopCounterMode(display=False) as counter:
        A @ B
    assert matmul_flops(5, 7, 3) == counter.get_total_flops()
    assert matmul_flops(5, 7) == 70


def orders(dims):
    """The cost of every way to set the parentheses."""
    if len(dims) == 2:
        return [0]
    costs = []
    for s in range(1, len(dims) - 1):
        here = dims[0] * dims[s] * dims[-1]
        pairs = itertools.product(orders(dims[: s + 1]), orders(dims[s:]))
        costs += [left + right + here for left, right in pairs]
    return costs


@pytest.mark.reference("enumeration of all orders", of="dlcore.linalg.matrix_chain_order")
@pytest.mark.reference("enumeration of all orders", of="dlcore.linalg.MatrixChain")
@given(st.lists(st.integers(1, 40), min_size=2, max_size=7))
def test_the_cheapest_order_is_the_cheapest_of_all(dims):
    assert matrix_chain_order(dims).cost == min(orders(dims))


def test_the_order_costs_what_it_says():
    dims = [30, 35, 15, 5, 10, 20, 25]
    chain = matrix_chain_order(dims)
    assert chain == (15125, "((A1(A2A3))((A4A5)A6))")
    names = {f"A{i + 1}": torch.ones(dims[i], dims[i + 1]) for i in range(6)}
    text = re.sub(r"(?<=[\d)])(?=[A(])", "@", chain.order)
    with FlopCounterMode(display=False) as counter:
        eval(text, names)
    assert counter.get_total_flops() == 2 * chain.cost


@pytest.mark.bad_input
@pytest.mark.parametrize("ours", [matmul_naive, matmul, matmul_blocked])
def test_sizes_that_do_not_fit(ours):
    with pytest.raises(ValueError, match=r"got shapes \(5, 7\) and \(5, 7\)"):
        ours(A, A)
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        ours(torch.ones(3), torch.ones(3, 3))
    with pytest.raises(TypeError, match=r"needs floating-point tensors, got torch.int64"):
        ours(torch.ones(3, 3, dtype=torch.long), torch.ones(3, 3))


@pytest.mark.bad_input
def test_bad_sizes():
    with pytest.raises(ValueError, match="block_size must be at least 1, got 0"):
        matmul_blocked(A, B, 0)
    with pytest.raises(ValueError, match="sizes must not be negative"):
        matmul_flops(-1, 2)
    for dims in ([3], [], [2, 0, 3]):
        with pytest.raises(ValueError, match="dims must be at least two sizes"):
            matrix_chain_order(dims)

"""Low rank against torch, scikit-learn and the theorem of Eckart and Young."""

import pytest
import sklearn.utils.extmath
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from dlcore.linalg import LowRankLinear, low_rank_approx, randomized_svd, truncated_svd
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close


@pytest.mark.reference("torch.linalg.svd", of="dlcore.linalg.truncated_svd")
@pytest.mark.parametrize("shape", [(7, 5), (2, 3, 5, 7)])
def test_truncated_svd(shape):
    U, S, Vh = truncated_svd(gaussian(*shape), 3)
    assert_close(S, torch.linalg.svdvals(gaussian(*shape))[..., :3])
    assert_close(U.mT @ gaussian(*shape) @ Vh.mT, S.diag_embed(), atol=1e-12)


@pytest.mark.reference(
    "the error sqrt(sum of the squares left out)", of="dlcore.linalg.low_rank_approx"
)
@given(st.integers(1, 5), st.integers(0, 99))
def test_eckart_young(k, seed):
    A = gaussian(7, 5, seed=seed)
    best, S = low_rank_approx(A, k), torch.linalg.svdvals(A)
    error = (A - best).norm()
    assert torch.linalg.matrix_rank(best) == k
    assert_close(error, S[k:].square().sum().sqrt(), atol=1e-13)
    assert_close(torch.linalg.matrix_norm(A - best, 2), S[k:].amax() if k < 5 else 0.0, atol=1e-13)
    for rival in range(3):
        other = best + 0.1 * gaussian(7, k, seed=rival) @ gaussian(k, 5, seed=rival + 1)
        U, _, Vh = truncated_svd(other, k)
        assert (A - U @ (U.T @ A @ Vh.T) @ Vh).norm() >= error - 1e-12


def test_gradient():
    A = gaussian(5, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda A: low_rank_approx(A, 2), A)


@pytest.mark.reference("sklearn.utils.extmath.randomized_svd", of="dlcore.linalg.randomized_svd")
@pytest.mark.parametrize("shape", [(101, 61), (61, 101)])
def test_randomized_svd(shape, generator):
    A = gaussian(*shape) * 0.8 ** torch.arange(shape[1], dtype=torch.float64)
    ours = randomized_svd(A, 7, generator=generator)
    _, theirs, _ = sklearn.utils.extmath.randomized_svd(
        A.numpy(), 7, n_iter=4, power_iteration_normalizer="QR", random_state=0
    )
    assert_close(ours.S, theirs, rtol=1e-4)
    assert_close(ours.S, torch.linalg.svdvals(A)[:7], rtol=1e-4)
    assert_close(ours.U.T @ ours.U, torch.eye(7), atol=1e-12)
    assert_close(ours.Vh @ ours.Vh.T, torch.eye(7), atol=1e-12)
    error = (A - ours.U * ours.S @ ours.Vh).norm()
    assert error < 1.001 * (A - low_rank_approx(A, 7)).norm()


def test_power_iterations_help_where_singular_values_fall_slowly(generator):
    A = gaussian(101, 101)
    best = (A - low_rank_approx(A, 5)).norm()
    errors = []
    for steps in (0, 2, 8):
        U, S, Vh = randomized_svd(A, 5, power_iterations=steps, generator=generator)
        errors.append(((A - U * S @ Vh).norm() / best).item())
    assert 1 <= errors[2] < errors[1] < errors[0] < 1.1


def test_an_exact_rank_is_found_exactly(generator):
    A = gaussian(2, 31, 3) @ gaussian(2, 3, 17, seed=1)
    U, S, Vh = randomized_svd(A, 3, oversampling=0, power_iterations=0, generator=generator)
    assert_close(U * S[..., None, :] @ Vh, A, atol=1e-12)


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.linalg.LowRankLinear")
@pytest.mark.parametrize("bias", [True, False])
def test_low_rank_linear(bias):
    layer = LowRankLinear(7, 5, rank=3, bias=bias, dtype=torch.float64)
    theirs = nn.Sequential(nn.Linear(7, 3, bias=False), nn.Linear(3, 5, bias=bias)).double()
    state = {"0.weight": layer.down, "1.weight": layer.up}
    theirs.load_state_dict(state | ({"1.bias": layer.bias} if bias else {}))
    X = gaussian(2, 11, 7)
    assert_close(layer(X), theirs(X))
    assert sum(p.numel() for p in layer.parameters()) == 3 * (7 + 5) + 5 * bias


@pytest.mark.parametrize("bias", [True, False])
def test_from_linear_is_the_best_approximation(bias):
    linear = nn.Linear(17, 11, bias=bias, dtype=torch.float64)
    layer = LowRankLinear.from_linear(linear, 5)
    S = torch.linalg.svdvals(linear.weight)
    error = (linear.weight - layer.up @ layer.down).norm()
    assert_close(error, S[5:].square().sum().sqrt())
    full = LowRankLinear.from_linear(linear, 11)
    assert_close(full(gaussian(3, 17)), linear(gaussian(3, 17)))
    assert (full.bias is None) == (not bias)


def test_the_start_has_the_variance_of_torch():
    torch.manual_seed(0)
    product = torch.cat([(m := LowRankLinear(101, 83, 61)).up @ m.down for _ in range(5)])
    assert_close(product.var(), 1 / (3 * 101), rtol=0.05)


def test_fewer_weights_below_the_harmonic_rank():
    dense = 784 * 256
    assert 192 * (784 + 256) < dense < 193 * (784 + 256)


@pytest.mark.bad_input
def test_bad_input():
    for f in (truncated_svd, low_rank_approx, randomized_svd):
        for k in (0, 3):
            with pytest.raises(ValueError, match=f"k must be from 1 to 2, got {k}"):
                f(torch.ones(2, 3), k)
    with pytest.raises(ValueError, match="counts must be at least 0, got -1 and 4"):
        randomized_svd(torch.ones(2, 3), 1, oversampling=-1)
    with pytest.raises(ValueError, match=r"rank must be from 1 to min\(3, 2\), got 3"):
        LowRankLinear(3, 2, 3)
    with pytest.raises(ValueError, match=r"expected inputs of shape \(..., 3\), got \(5, 2\)"):
        LowRankLinear(3, 2, 1)(torch.ones(5, 2))


def test_a_layer_prints_its_sizes():
    text = repr(LowRankLinear(3, 2, 1))
    assert text == "LowRankLinear(in_features=3, out_features=2, rank=1, bias=True)"

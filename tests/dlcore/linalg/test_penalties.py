"""Penalties against closed forms, the soft threshold against torch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.linalg import elastic_net_penalty, l1_penalty, l2_penalty, soft_threshold
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity, edge_grid


@pytest.mark.reference("torch.linalg.vector_norm", of="dlcore.linalg.l1_penalty")
@pytest.mark.reference("torch.linalg.vector_norm", of="dlcore.linalg.l2_penalty")
@pytest.mark.reference("torch.linalg.vector_norm", of="dlcore.linalg.elastic_net_penalty")
def test_penalties():
    w, norm = gaussian(5, 7), torch.linalg.vector_norm
    assert_parity(lambda w: l1_penalty(w, 0.3), lambda w: 0.3 * norm(w, 1), w)
    assert_parity(lambda w: l2_penalty(w, 0.3), lambda w: 0.3 * norm(w) ** 2, w)
    assert_parity(
        lambda w: elastic_net_penalty(w, 0.3, 0.7),
        lambda w: 0.3 * norm(w, 1) + 0.7 * norm(w) ** 2,
        w,
    )
    assert l2_penalty(torch.tensor([3.0, 4.0]), 2.0) == 50
    assert l1_penalty(torch.zeros(0), 1.0) == 0


@pytest.mark.reference("torch.nn.functional.softshrink", of="dlcore.linalg.soft_threshold")
@pytest.mark.parametrize("lam", [0.0, 0.5, 2.0])
def test_soft_threshold(lam):
    def theirs(w):
        return torch.nn.functional.softshrink(w, lam)

    assert_parity(lambda w: soft_threshold(w, lam), theirs, gaussian(5, 7))
    assert_parity(lambda w: soft_threshold(w, lam), theirs, edge_grid(), gradient=False)
    assert soft_threshold(torch.tensor([torch.nan]), lam).isnan().all()


@given(st.floats(-5, 5), st.floats(0, 3))
def test_it_is_the_proximal_map(w, lam):
    w = torch.tensor([w], dtype=torch.float64)
    u = torch.cat([torch.linspace(-6, 6, 1201, dtype=torch.float64), w, torch.zeros(1)])
    objective = (u - w).square() / 2 + lam * u.abs()
    ours = soft_threshold(w, lam)
    value = (ours - w).square() / 2 + lam * ours.abs()
    assert (value <= objective + 1e-12).all()


def test_gradients():
    w = gaussian(5).requires_grad_()
    assert torch.autograd.gradcheck(lambda w: soft_threshold(w, 0.3), w)
    (gradient,) = torch.autograd.grad(l1_penalty(torch.zeros_like(w) * w, 1.0), w)
    assert_close(gradient, torch.zeros(5))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    "f", [l1_penalty, l2_penalty, soft_threshold, lambda w, lam: elastic_net_penalty(w, 1.0, lam)]
)
def test_bad_input(f):
    with pytest.raises(ValueError, match="weight of a penalty must be at least 0, got -1"):
        f(torch.ones(3), -1.0)
    with pytest.raises(TypeError, match=r"got torch\.int64"):
        f(torch.ones(3, dtype=torch.long), 1.0)

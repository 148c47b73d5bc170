"""Continuous flows against the matrix exponential, SciPy's solver and autograd."""

import numpy as np
import pytest
import torch
from scipy import integrate, linalg
from torch import nn

from dlcore.generative import ContinuousFlow, NormalizingFlow, hutchinson_trace
from tests.parity import assert_close


class LinearField(nn.Module):
    def __init__(self, A):
        super().__init__()
        self.A = nn.Parameter(A)

    def forward(self, zt):
        return zt[:, :-1] @ self.A.mT


def neural(trace="exact", steps=20, dim=2):
    torch.manual_seed(0)
    field = nn.Sequential(nn.Linear(dim + 1, 6), nn.Tanh(), nn.Linear(6, dim)).double()
    return ContinuousFlow(dim, field, steps=steps, trace=trace)


@pytest.mark.reference("scipy.linalg.expm", of="dlcore.generative.ContinuousFlow")
def test_linear_field(generator):
    A = torch.tensor([[0.3, 1.0], [-0.5, -0.1]], dtype=torch.float64)
    flow = ContinuousFlow(2, LinearField(A), steps=40, end=2.0)
    z = torch.randn(3, 2, generator=generator, dtype=torch.float64)
    x, log_det = flow(z)
    E = torch.tensor(linalg.expm(2 * A.numpy()))
    assert_close(x.detach(), z @ E.mT, rtol=1e-6)
    assert_close(log_det.detach(), torch.full((3,), 0.4), rtol=1e-6)
    assert_close(flow.path(z)[-1], x.detach())
    expected = torch.distributions.MultivariateNormal(torch.zeros(2).double(), E @ E.mT).log_prob(x)
    assert_close(NormalizingFlow([flow]).log_prob(x).detach(), expected.detach(), rtol=1e-5)


@pytest.mark.reference("scipy.integrate.solve_ivp", of="dlcore.generative.ContinuousFlow")
def test_neural_field(generator):
    flow = neural()
    z = torch.randn(2, 2, generator=generator, dtype=torch.float64)

    def field(t, z):
        with torch.no_grad():
            return flow.velocity(torch.tensor(z)[None], t)[0].numpy()

    x, log_det = flow(z)
    for start, end in zip(z.numpy(), x.detach().numpy(), strict=True):
        expected = integrate.solve_ivp(field, (0, 1), start, rtol=1e-7, atol=1e-8).y[:, -1]
        assert np.allclose(end, expected, rtol=1e-5, atol=1e-6)
    jacobian = torch.stack(
        [torch.autograd.functional.jacobian(lambda z: flow(z[None])[0][0], row) for row in z]
    )
    assert_close(log_det.detach(), torch.linalg.slogdet(jacobian).logabsdet, rtol=1e-5, atol=1e-7)
    back, inverse_log_det = flow.inverse(x)
    assert_close(back.detach(), z, rtol=1e-5, atol=1e-6)
    assert_close(inverse_log_det.detach(), -log_det.detach(), rtol=1e-5, atol=1e-6)


def test_error_of_fourth_order():
    A = torch.tensor([[0.3, 1.0], [-0.5, -0.1]], dtype=torch.float64)
    z = torch.ones(1, 2, dtype=torch.float64)
    exact = z @ torch.tensor(linalg.expm(2 * A.numpy())).mT
    few, many = (
        (ContinuousFlow(2, LinearField(A), steps, 2.0).path(z)[-1] - exact).norm().item()
        for steps in (8, 16)
    )
    assert 12 < few / many < 20


def test_gradients_reach_the_field(generator):
    for trace in ("exact", "hutchinson"):
        flow = neural(trace, steps=3)
        x = torch.randn(5, 2, generator=generator, dtype=torch.float64)

        def loss(flow=flow, x=x):
            torch.manual_seed(4)
            return -NormalizingFlow([flow]).log_prob(x).mean()

        weight = flow.field[0].weight
        slope = torch.autograd.grad(loss(), weight)[0][2, 1]
        with torch.no_grad():
            found = []
            for step in (1e-5, -2e-5):
                weight[2, 1] += step
                found.append(loss())
        assert slope.item() == pytest.approx(((found[0] - found[1]) / 2e-5).item(), rel=1e-5)


@pytest.mark.reference("torch.func.jacrev", of="dlcore.generative.hutchinson_trace")
def test_trace_estimates(generator):
    A = torch.randn(4, 4, generator=generator, dtype=torch.float64)
    x = torch.randn(1, 4, generator=generator, dtype=torch.float64).expand(20_000, 4)

    def f(x):
        return (x @ A.mT).tanh()

    J = torch.func.jacrev(lambda x: f(x[None])[0])(x[0])
    off = J - J.diag().diag()
    variances = {
        "rademacher": (off + off.mT).triu().square().sum(),
        "gaussian": (J + J.mT).square().sum() / 2,
    }
    for noise, variance in variances.items():
        found = hutchinson_trace(f, x, noise=noise, generator=generator)
        # 5 standard errors
        assert abs(found.mean() - J.trace()) < 5 * (variance / 20_000).sqrt()
        assert found.var().item() == pytest.approx(variance.item(), rel=0.15)
    averaged = hutchinson_trace(f, x[:2000], directions=10, generator=generator)
    assert averaged.var().item() == pytest.approx(variances["rademacher"].item() / 10, rel=0.2)
    diagonal = hutchinson_trace(lambda x: x**2, x[:3])
    assert_close(diagonal, 2 * x[:3].sum(1))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ContinuousFlow(2, nn.Linear(3, 2), steps=0), "steps >= 1"),
        (lambda: ContinuousFlow(2, nn.Linear(3, 2), trace="none"), "a trace of"),
        (lambda: ContinuousFlow(2, nn.Linear(3, 1))(torch.ones(4, 2)), "the field must give"),
        (lambda: ContinuousFlow(2, nn.Linear(3, 2))(torch.ones(4, 3)), r"rows \(n, 2\)"),
        (lambda: hutchinson_trace(torch.sin, torch.ones(3)), r"x \(n, d\)"),
        (lambda: hutchinson_trace(torch.sin, torch.ones(3, 1), noise="pink"), "pink"),
        (lambda: hutchinson_trace(lambda x: x.sum(1), torch.ones(3, 1)), "keep the shape"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()

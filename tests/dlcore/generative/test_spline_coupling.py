"""Rational-quadratic splines: knots, SciPy's roots of the curve, slopes by autograd."""

import pytest
import torch
from scipy import optimize

from dlcore.generative import NormalizingFlow, SplineCoupling, rational_quadratic_spline
from tests.parity import assert_close


def logits(generator, n, k=5):
    draw = torch.randn(3 * k - 1, generator=generator, dtype=torch.float64)
    return [part.expand(n, -1) for part in draw.split([k, k, k - 1])]


@pytest.mark.reference("scipy.optimize.brentq", of="dlcore.generative.rational_quadratic_spline")
def test_curve_through_knots(generator):
    parts = logits(generator, 400)
    x = torch.linspace(-3.5, 3.5, 400, dtype=torch.float64)
    y, log_slope = rational_quadratic_spline(x, *parts)
    assert (y.diff() > 0).all()
    outside = x.abs() > 3
    assert torch.equal(y[outside], x[outside])
    assert (log_slope[outside] == 0).all()
    shares = [0.001 + 0.995 * p[0].softmax(0) for p in parts[:2]]
    knots_x, knots_y = (6 * s.cumsum(0)[:-1] - 3 for s in shares)
    some = [p[:4] for p in parts]
    at_knots, log_slope = rational_quadratic_spline(knots_x, *some)
    assert_close(at_knots, knots_y)
    slopes = 0.001 + torch.nn.functional.softplus(parts[2][0])
    assert_close(log_slope.exp(), slopes)

    one = [p[0] for p in parts]

    def height(x):
        return rational_quadratic_spline(torch.tensor(x, dtype=torch.float64), *one)[0].item()

    for target in (-2.9, -0.3, 0.0, 1.7, 2.99):
        root = optimize.brentq(lambda x, target=target: height(x) - target, -3, 3, xtol=1e-13)
        found, _ = rational_quadratic_spline(
            torch.tensor(target, dtype=torch.float64), *one, inverse=True
        )
        assert found.item() == pytest.approx(root, abs=1e-9)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.generative.rational_quadratic_spline")
def test_slopes_and_gradients(generator):
    parts = logits(generator, 9)
    x = torch.tensor([-5, -2.99, -1.5, -0.2, 0.01, 0.7, 2, 2.999, 4], dtype=torch.float64)
    x.requires_grad_()
    for inverse in (False, True):
        y, log_slope = rational_quadratic_spline(x, *parts, inverse=inverse)
        slope = torch.autograd.grad(y.sum(), x)[0]
        assert_close(log_slope.exp().detach(), slope)
        back, back_log_slope = rational_quadratic_spline(y, *parts, inverse=not inverse)
        assert_close(back.detach(), x.detach())
        assert_close(back_log_slope.detach(), -log_slope.detach(), atol=1e-9)
        few = [p[:3].clone().requires_grad_() for p in parts]
        torch.autograd.gradcheck(
            lambda *a, inverse=inverse: rational_quadratic_spline(*a, inverse=inverse),
            (x[2:5].detach().requires_grad_(), *few),
        )


@pytest.mark.reference("torch.linalg.slogdet", of="dlcore.generative.SplineCoupling")
def test_coupling(generator):
    torch.manual_seed(0)
    layer = SplineCoupling(3, (7,), bins=4).double()
    z = 2 * torch.randn(6, 3, generator=generator, dtype=torch.float64)
    assert_close(layer(z)[0].detach(), z, atol=5e-3)
    torch.nn.init.normal_(layer.network[-1].weight)
    x, log_det = layer(z)
    assert torch.equal(x[:, ::2], z[:, ::2])
    back, inverse_log_det = layer.inverse(x)
    assert_close(back.detach(), z, atol=1e-9)
    assert_close(inverse_log_det.detach(), -log_det.detach(), atol=1e-9)
    J = torch.func.vmap(torch.func.jacrev(lambda z: layer(z[None])[0][0]))(z)
    assert_close(log_det.detach(), torch.linalg.slogdet(J).logabsdet.detach(), atol=1e-9)
    plane = SplineCoupling(2, (7,), bins=4).double()
    torch.nn.init.normal_(plane.network[-1].weight, std=0.3)
    side = torch.linspace(-6, 6, 401, dtype=torch.float64)
    with torch.no_grad():
        density = NormalizingFlow([plane]).log_prob(torch.cartesian_prod(side, side)).exp()
    assert density.sum().item() * 0.03**2 == pytest.approx(1, abs=2e-3)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SplineCoupling(2, bins=1), "bins >= 2"),
        (lambda: SplineCoupling(2, bound=0.0), "bound > 0"),
        (
            lambda: rational_quadratic_spline(*torch.ones(2, 2), torch.ones(2), torch.ones(2)),
            "k - 1 slopes",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()

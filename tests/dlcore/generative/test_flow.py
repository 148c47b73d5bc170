"""Every flow: inverse, determinant by autograd, mass by quadrature; each against its own form."""

import math

import pytest
import torch
from scipy import stats
from torch.distributions import transforms

from dlcore.generative import (
    MADE,
    ActNorm,
    AdditiveCoupling,
    AffineCoupling,
    Flow,
    InverseAutoregressiveFlow,
    InverseFlow,
    InvertibleLinear,
    MaskedAutoregressiveFlow,
    NormalizingFlow,
    Permutation,
    PlanarFlow,
    RealNVP,
    train_flow,
)
from tests.parity import assert_close

MAKERS = {
    "planar": PlanarFlow,
    "actnorm": ActNorm,
    "linear": InvertibleLinear,
    "permutation": lambda d: Permutation([*range(1, d), 0]),
    "additive": lambda d: AdditiveCoupling(d, (7,)),
    "affine": lambda d: AffineCoupling(d, (7,)),
    "realnvp": lambda d: RealNVP(d, 3, (7,)),
    "maf": lambda d: MaskedAutoregressiveFlow(d, (11,)),
    "iaf": lambda d: InverseAutoregressiveFlow(d, (11,)),
}


def random_flow(name, dim=3, size=0.4):
    """One whose parameters are not at their start."""
    torch.manual_seed(3)
    flow = MAKERS[name](dim).double().eval()
    with torch.no_grad():
        for p in flow.parameters():
            p.add_(size * torch.randn_like(p))
    return flow


@pytest.mark.parametrize("name", MAKERS)
def test_inverse_and_determinant(name, generator):
    flow = random_flow(name)
    z = 2 * torch.randn(5, 3, generator=generator, dtype=torch.float64)
    x, log_det = flow(z)
    back, inverse_log_det = flow.inverse(x)
    assert_close(back.detach(), z, atol=1e-9)
    assert_close(inverse_log_det.detach(), -log_det.detach(), atol=1e-9)
    jacobian = torch.func.vmap(torch.func.jacrev(lambda z: flow(z[None])[0][0]))(z)
    assert_close(log_det.detach(), torch.linalg.slogdet(jacobian).logabsdet.detach(), atol=1e-9)
    shared = torch.autograd.grad(log_det.sum() + inverse_log_det.sum(), list(flow.parameters()),
                                 allow_unused=True) if log_det.requires_grad else ()  # fmt: skip
    # the gradients of both directions cancel, through x too
    assert all(g is None or g.abs().max() < 1e-9 for g in shared)


@pytest.mark.reference("quadrature", of="dlcore.generative.NormalizingFlow")
def test_mass_is_one(generator):
    names = ("planar", "affine", "maf", "linear")
    flow = NormalizingFlow([random_flow(name, 2, 0.3) for name in names])
    side = torch.linspace(-12, 12, 301, dtype=torch.float64)
    with torch.no_grad():
        density = flow.log_prob(torch.cartesian_prod(side, side)).exp()
    assert density.sum().item() * (side[1] - side[0]) ** 2 == pytest.approx(1, abs=2e-3)
    x, log_prob = flow.sample_with_log_prob(6, generator=generator)
    assert_close(flow.log_prob(x).detach(), log_prob.detach(), atol=1e-9)


@pytest.mark.reference(
    "torch.distributions.transforms.ComposeTransform", of="dlcore.generative.Flow"
)
@pytest.mark.reference("torch.distributions.Transform.inv", of="dlcore.generative.InverseFlow")
@pytest.mark.reference("scipy.stats.norm", of="dlcore.generative.ActNorm")
def test_scales_and_shifts(generator):
    torch.manual_seed(0)
    layer = ActNorm(2).double()
    X = 5 + 3 * torch.randn(40, 2, generator=generator, dtype=torch.float64)
    codes, _ = layer.inverse(X)
    assert_close(codes.mean(0).detach(), torch.zeros(2), atol=1e-9)
    assert_close(codes.std(0, correction=0).detach(), torch.ones(2))
    layer.inverse(X[:3] * 7)
    expected = stats.norm(X.mean(0), X.std(0, correction=0)).logpdf(X).sum(1)
    assert_close(NormalizingFlow([layer]).log_prob(X).detach(), expected)
    torchs = transforms.AffineTransform(layer.shift, layer.log_scale.exp(), event_dim=1)
    assert isinstance(layer, Flow)
    x, log_det = layer(codes)
    assert_close(x.detach(), torchs(codes).detach())
    assert_close(log_det.detach(), torchs.log_abs_det_jacobian(codes, x).detach())
    assert_close(InverseFlow(layer)(X)[0].detach(), torchs.inv(X).detach())
    with torch.no_grad():
        layer.shift.fill_(1)
        layer.log_scale.fill_(math.log(2))
    at = NormalizingFlow([layer]).log_prob(torch.full((1, 2), 3.0).double()).item()
    assert at == pytest.approx(2 * -2.112086, abs=1e-5)


@pytest.mark.reference("scipy.stats.multivariate_normal", of="dlcore.generative.InvertibleLinear")
def test_linear():
    start = InvertibleLinear(4, generator=torch.Generator().manual_seed(1)).double()
    assert_close((start.weight @ start.weight.mT).detach(), torch.eye(4), atol=1e-6)
    layer = random_flow("linear")
    W = layer.weight.detach()
    x = torch.tensor([[1.0, 1.0, -0.5]], dtype=torch.float64)
    expected = stats.multivariate_normal(cov=(W @ W.mT).numpy()).logpdf(x.numpy())
    assert_close(NormalizingFlow([layer]).log_prob(x).detach().squeeze(), expected)


@pytest.mark.reference("numpy.take", of="dlcore.generative.Permutation")
def test_permutation(generator):
    z = torch.randn(4, 3, generator=generator)
    assert (Permutation([2, 0, 1])(z)[0].numpy() == z.numpy().take([2, 0, 1], axis=1)).all()


@pytest.mark.reference("closed form", of="dlcore.generative.PlanarFlow")
def test_planar():
    layer = PlanarFlow(2).double()
    u, w = torch.tensor([[0.5, 0.2], [1.0, -1.0]], dtype=torch.float64)
    # the u that is changed into this one: w'u with softplus(w'u) - 1 = 0.3
    along = math.log(math.expm1(1 + 0.3))
    with torch.no_grad():
        layer.u.copy_(u + (along - 0.3) * w / 2)
        layer.w.copy_(w)
        layer.b.fill_(0.3)
    assert_close(layer.direction.detach(), u)
    x, log_det = layer(torch.tensor([[0.4, 0.1]], dtype=torch.float64))
    assert_close(x.detach(), torch.tensor([[0.668525, 0.207410]]), rtol=1e-5)
    assert log_det.exp().item() == pytest.approx(1.213473, abs=1e-6)
    with torch.no_grad():
        layer.u.copy_(-3 * w)
    assert layer.w @ layer.direction > -1
    x, _ = layer(torch.tensor([[3.0, 0.1], [-2.0, 5.0]], dtype=torch.float64))
    assert x.isfinite().all()


@pytest.mark.reference("closed form", of="dlcore.generative.AdditiveCoupling")
@pytest.mark.reference("closed form", of="dlcore.generative.AffineCoupling")
def test_couplings(generator):
    z = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    mask = torch.tensor([False, True, True, False, False])
    for layer in (AdditiveCoupling(5, (6,), mask), AffineCoupling(5, (6,), mask, bound=2.0)):
        layer.double()
        assert torch.equal(layer(z)[0], z)
        torch.nn.init.normal_(layer.network[-1].weight)
        given = layer.network(z[:, mask])
        x, log_det = layer(z)
        assert torch.equal(x[:, mask], z[:, mask])
        if isinstance(layer, AdditiveCoupling):
            assert_close(x[:, ~mask].detach(), (z[:, ~mask] + given).detach())
            assert_close(log_det.detach(), torch.zeros(4))
        else:
            s = 2 * (given[:, ::2] / 2).tanh()
            expected = z[:, ~mask] * s.exp() + given[:, 1::2]
            assert_close(x[:, ~mask].detach(), expected.detach())
            assert_close(log_det.detach(), s.sum(1).detach())


@pytest.mark.reference("torch.optim.Adam", of="dlcore.generative.train_flow")
@pytest.mark.reference("closed form", of="dlcore.generative.RealNVP")
def test_every_coordinate_moves_and_learns(generator):
    flow = random_flow("realnvp", 3)
    z = torch.randn(1, 3, generator=generator, dtype=torch.float64)
    assert (flow(z)[0] != z).all()
    torch.manual_seed(0)
    flow, X = RealNVP(2, 2, (8,)), 1 + torch.randn(100, 2, generator=generator)
    twin = RealNVP(2, 2, (8,))
    twin.load_state_dict(flow.state_dict())
    losses = train_flow(flow, X, steps=3, batch_size=10, lr=0.01, progress=False,
                        generator=torch.Generator().manual_seed(2))  # fmt: skip
    draws, adam = torch.Generator().manual_seed(2), torch.optim.Adam(twin.parameters(), lr=0.01)
    for t in range(3):
        x = X[torch.randint(100, (10,), generator=draws)]
        z, log_det = twin.inverse(x)
        prior = torch.distributions.Normal(0, 1).log_prob(z).sum(1)
        loss = -(prior + log_det).mean()
        assert losses[t].item() == pytest.approx(loss.item(), rel=1e-5)
        adam.zero_grad()
        loss.backward()
        adam.step()


@pytest.mark.reference("torch.func.jacrev", of="dlcore.generative.MADE")
def test_masks(generator):
    torch.manual_seed(0)
    network = MADE(5, (9, 8), outputs=2).double()
    x = torch.randn(5, generator=generator, dtype=torch.float64)
    J = torch.func.jacrev(lambda x: network(x[None])[0])(x)
    for k in range(2):
        assert J[:, k].triu(0).abs().max() == 0
        assert (J[:, k].tril(-1) != 0).any()
    assert MADE(1, (3,))(torch.ones(2, 1)).std() == 0


@pytest.mark.reference("scipy.stats.norm", of="dlcore.generative.MaskedAutoregressiveFlow")
@pytest.mark.reference("closed form", of="dlcore.generative.InverseAutoregressiveFlow")
def test_conditionals(generator):
    flow = random_flow("maf", 3)
    x = torch.randn(6, 3, generator=generator, dtype=torch.float64)
    mu, alpha = flow.conditionals(x)
    expected = stats.norm(mu.detach(), alpha.exp().detach()).logpdf(x).sum(1)
    assert_close(NormalizingFlow([flow]).log_prob(x).detach(), expected)
    changed = x.clone()
    changed[:, 2] += 1
    assert torch.equal(flow.conditionals(changed)[0], mu)
    backwards = random_flow("iaf", 3)
    mu, alpha = backwards.flow.conditionals(x)
    x_of_z, log_det = backwards(x)
    assert_close(x_of_z.detach(), ((x - mu) / alpha.exp()).detach())
    assert_close(log_det.detach(), -alpha.sum(1).detach())
    calls = []
    flow.network.register_forward_hook(lambda *_: calls.append(1))
    flow.inverse(x)
    flow(x)
    assert len(calls) == 1 + 3


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ActNorm(0), "at least 1, got 0"),
        (lambda: ActNorm(2)(torch.ones(3, 3)), r"rows \(n, 2\), got \(3, 3\)"),
        (lambda: ActNorm(2).inverse(torch.ones(3, 2)), "no spread"),
        (lambda: NormalizingFlow([]), "share one dimension"),
        (lambda: NormalizingFlow([ActNorm(2), ActNorm(3)]), r"got \[2, 3\]"),
        (lambda: Permutation([0, 2]), "permutation of 0"),
        (lambda: AffineCoupling(1), "keep some of 1"),
        (lambda: AffineCoupling(2, bound=0.0), "bound must be positive"),
        (lambda: MaskedAutoregressiveFlow(2, bound=-1.0), "bound must be positive"),
        (lambda: MADE(2, (0,)), "counts must be at least 1"),
        (lambda: MADE(2)(torch.ones(3)), r"got \(3,\)"),
        (lambda: train_flow(RealNVP(2), torch.ones(0, 2), steps=1), "needs examples"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""Distributions against torch.distributions and SciPy, draws by goodness of fit.

Draws are tested at a false-alarm rate of 1 in 1000 a test, on fixed seeds.
"""

import math

import pytest
import scipy.integrate
import scipy.stats
import torch
from torch import distributions as td

from dlcore.probability import (
    Bernoulli,
    Beta,
    Binomial,
    Categorical,
    Dirac,
    Distribution,
    Exponential,
    Laplace,
    Mixture,
    MultivariateNormal,
    Normal,
    Poisson,
    Uniform,
    box_muller,
    inverse_cdf_sample,
    mvn_sample,
)
from tests.dlcore.probability.samples import f64
from tests.parity import assert_close, assert_parity

A, B = f64([0.3, 1.7, 12.0]), f64([0.9, 2.5, 0.4])
P = f64([0.0, 0.2, 0.5, 1.0])
REALS = f64([[-40.0], [-1.0], [0.0], [0.3], [1.0], [37.0]])
CONTINUOUS = {
    "uniform": (Uniform(A, A + B), td.Uniform(A, A + B, validate_args=False)),
    "normal": (Normal(A, B), td.Normal(A, B)),
    "exponential": (Exponential(B), td.Exponential(B, validate_args=False)),
    "laplace": (Laplace(A, B), td.Laplace(A, B)),
}
SCIPY = {
    "uniform": scipy.stats.uniform(A, B),
    "normal": scipy.stats.norm(A, B),
    "exponential": scipy.stats.expon(scale=1 / B),
    "laplace": scipy.stats.laplace(A, B),
    "beta": scipy.stats.beta(A, B),
    "bernoulli": scipy.stats.bernoulli(P),
    "binomial": scipy.stats.binom(10, P),
    "poisson": scipy.stats.poisson(A),
}
DISCRETE = {"bernoulli": Bernoulli(P), "binomial": Binomial(10, P), "poisson": Poisson(A)}
NUMBERS = {name: ours for name, (ours, _) in CONTINUOUS.items()} | {"beta": Beta(A, B)} | DISCRETE


@pytest.mark.reference("torch.distributions.Uniform", of="dlcore.probability.Uniform")
@pytest.mark.reference("torch.distributions.Normal", of="dlcore.probability.Normal")
@pytest.mark.reference("torch.distributions.Exponential", of="dlcore.probability.Exponential")
@pytest.mark.reference("torch.distributions.Laplace", of="dlcore.probability.Laplace")
@pytest.mark.parametrize("name", CONTINUOUS)
def test_as_in_torch(name):
    ours, theirs = CONTINUOUS[name]
    inside = theirs.support.check(REALS).expand(6, 3)
    assert_close(ours.log_prob(REALS)[inside], theirs.log_prob(REALS)[inside])
    assert (ours.log_prob(REALS)[~inside] == -math.inf).all()
    assert_close(ours.entropy(), theirs.entropy())
    assert_close(ours.mean, theirs.mean)
    assert_close(ours.variance, theirs.variance)
    assert ours.batch_shape == theirs.batch_shape
    assert ours.sample((5, 2)).shape == theirs.sample((5, 2)).shape


@pytest.mark.parametrize("name", NUMBERS)
def test_as_in_scipy(name):
    ours, theirs = NUMBERS[name], SCIPY[name]
    x = REALS if name in CONTINUOUS else f64([[-2.0], [0.0], [0.5], [1.0], [3.0]])
    x = f64([[-2.0], [0.1], [0.5], [0.9], [3.0]]) if name == "beta" else x
    assert_close(ours.log_prob(x), (theirs.logpmf if name in DISCRETE else theirs.logpdf)(x))
    assert_close(ours.cdf(x), theirs.cdf(x), rtol=1e-9)
    assert_close(ours.entropy(), theirs.entropy(), rtol=1e-8)
    assert_close(ours.mean, theirs.mean())
    assert_close(ours.stddev, theirs.std())


@pytest.mark.parametrize("name", [*CONTINUOUS, "beta"])
def test_quantiles(name):
    u = f64([[0.0], [1e-9], [0.25], [0.5], [0.999], [1.0]])
    assert_close(NUMBERS[name].icdf(u), SCIPY[name].ppf(u), rtol=1e-6)


@pytest.mark.reference("scipy.stats.beta", of="dlcore.probability.Beta")
@pytest.mark.reference("scipy.stats.bernoulli", of="dlcore.probability.Bernoulli")
@pytest.mark.reference("scipy.stats.binom", of="dlcore.probability.Binomial")
@pytest.mark.reference("scipy.stats.poisson", of="dlcore.probability.Poisson")
@pytest.mark.parametrize("name", NUMBERS)
def test_draws(name, generator):
    ours = NUMBERS[name]
    x = ours.sample((4000,), generator=generator)
    assert x.shape == (4000, *ours.batch_shape)
    for i in range(x.shape[1]):
        draws = x[:, i].numpy()
        if name in DISCRETE:
            values = torch.arange(60, dtype=torch.float64)
            expected = ours.log_prob(values[:, None])[:, i].exp() * 4000
            seen = torch.bincount(x[:, i].long(), minlength=60).double()
            often = expected >= 5
            rest = torch.stack([seen[~often].sum(), expected[~often].sum()])
            chi2 = ((seen - expected) ** 2 / expected)[often].sum() + (
                (rest[0] - rest[1]) ** 2 / rest[1] if rest[1] >= 5 else 0
            )
            freedom = max(int(often.sum()) - 1, 1)
            assert chi2 < scipy.stats.chi2(freedom).ppf(0.9998)
        else:
            p = scipy.stats.kstest(
                draws, lambda t, i=i: ours.cdf(torch.as_tensor(t)[:, None])[:, i].numpy()
            ).pvalue
            assert p > 0.0002
    again = ours.sample((4000,), generator=torch.Generator().manual_seed(0))
    assert torch.equal(x, again)


@pytest.mark.reference("torch.distributions.Categorical", of="dlcore.probability.Categorical")
def test_categorical(generator):
    logits = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    ours, theirs = Categorical(logits=logits), td.Categorical(logits=logits)
    x = torch.tensor([[0, 3, 6], [1, 1, 1]])
    assert_close(ours.log_prob(x), theirs.log_prob(x))
    assert_close(ours.entropy(), theirs.entropy())
    assert_close(Categorical(theirs.probs).log_prob(x), theirs.log_prob(x))
    assert (ours.log_prob(torch.tensor([-1, 7, 8])) == -math.inf).all()
    drawn = ours.sample((5000,), generator=generator)
    assert drawn.dtype == torch.int64
    seen = torch.stack([torch.bincount(column, minlength=7) for column in drawn.T]).double()
    chi2 = ((seen - 5000 * theirs.probs) ** 2 / (5000 * theirs.probs)).sum(1)
    assert (chi2 < scipy.stats.chi2(6).ppf(0.9997)).all()
    certain = Categorical(f64([0.0, 1.0, 0.0]))
    assert certain.entropy() == 0
    assert (certain.sample((100,), generator=generator) == 1).all()


def test_logits_keep_what_probabilities_lose():
    x = f64([0.0, 1.0])
    theirs = td.Bernoulli(logits=f64(800.0)).log_prob(x)
    assert_close(Bernoulli(logits=f64(800.0)).log_prob(x), theirs)


def test_binomial_in_the_log_domain():
    assert_close(Binomial(10, f64(0.5)).log_prob(f64(7.0)).exp().item(), 120 / 1024)
    log_p = Binomial(2000, f64(0.5)).log_prob(f64([0.0, 1000.0]))
    assert_close(log_p, scipy.stats.binom(2000, 0.5).logpmf([0, 1000]), rtol=1e-10)


def test_far_tails():
    z = f64([-30.0, 30.0])
    assert_close(Normal(0.0, f64(1.0)).cdf(z), scipy.stats.norm.cdf(z), rtol=1e-12, atol=1e-300)
    assert_close(2 * Normal(0.0, f64(1.0)).cdf(f64(-4.0)).item(), 6.33e-5, rtol=1e-3)
    assert_close(2 * Laplace(0.0, f64(0.5**0.5)).cdf(f64(-4.0)).item(), 3.49e-3, rtol=1e-3)


def covariance(d, generator):
    A = torch.randn(2, d, d, generator=generator, dtype=torch.float64)
    return A @ A.mT + torch.eye(d)


@pytest.mark.reference(
    "torch.distributions.MultivariateNormal", of="dlcore.probability.MultivariateNormal"
)
def test_multivariate_normal(generator):
    mean = torch.randn(2, 5, generator=generator, dtype=torch.float64)
    S, x = covariance(5, generator), torch.randn(7, 2, 5, generator=generator).double()
    ours, theirs = MultivariateNormal(mean, S), td.MultivariateNormal(mean, S)
    assert_close(ours.log_prob(x), theirs.log_prob(x))
    assert_close(ours.entropy(), theirs.entropy())
    assert_close(ours.variance, theirs.variance)
    assert ours.sample((3, 4)).shape == theirs.sample((3, 4)).shape
    root = torch.linalg.cholesky(S)
    assert_parity(
        lambda m, L, x: MultivariateNormal(m, L @ L.mT).log_prob(x),
        lambda m, L, x: td.MultivariateNormal(m, L @ L.mT, validate_args=False).log_prob(x),
        mean,
        root,
        x,
        rtol=1e-7,
        factor=20,
    )


@pytest.mark.reference("scipy.stats.chi2", of="dlcore.probability.mvn_sample")
def test_mvn_sample(generator):
    mean, S = f64([1.0, -2.0, 0.0]), covariance(3, generator)[0]
    x = mvn_sample(mean, S, 4000, generator=generator)
    distances = ((x - mean) @ torch.linalg.inv(S) * (x - mean)).sum(1)
    assert scipy.stats.kstest(distances.numpy(), scipy.stats.chi2(3).cdf).pvalue > 0.001
    whitened = torch.linalg.solve_triangular(torch.linalg.cholesky(S), (x - mean).T, upper=False)
    for row in whitened:
        assert scipy.stats.kstest(row.numpy(), "norm").pvalue > 0.0003


def test_gradients_go_through_rsample():
    loc, scale = f64(1.0).requires_grad_(), f64(2.0).requires_grad_()
    for family in (Normal, Laplace):
        x = family(loc, scale).rsample((3,), generator=torch.Generator().manual_seed(0))
        gradients = torch.autograd.grad(x.sum(), (loc, scale))
        assert_close(gradients[0].item(), 3.0)
        assert_close(gradients[1], (x.detach().sum() - 3) / 2)
        assert not family(loc, scale).sample((3,)).requires_grad


@pytest.mark.reference("scipy.stats.kstest", of="dlcore.probability.inverse_cdf_sample")
def test_inverse_cdf_sample(generator):
    x = inverse_cdf_sample(
        lambda u: torch.as_tensor(scipy.stats.cauchy.ppf(u)), (2000,), generator=generator
    )
    assert scipy.stats.kstest(x.numpy(), "cauchy").pvalue > 0.001


@pytest.mark.reference("scipy.stats.kstest", of="dlcore.probability.box_muller")
def test_box_muller(generator):
    u = torch.rand(2, 2000, generator=generator, dtype=torch.float64)
    z = box_muller(1 - u[0], u[1])
    for row in (z[0], z[1], (z[0] + z[1]) / 2**0.5):
        assert scipy.stats.kstest(row.numpy(), "norm").pvalue > 0.0003
    assert_close((z**2).sum(0), -2 * (1 - u[0]).log())


@pytest.mark.reference("numpy.heaviside", of="dlcore.probability.Dirac")
def test_dirac():
    point = Dirac(f64([0.0, 2.0]))
    assert point.log_prob(f64(2.0)).tolist() == [-math.inf, 0]
    assert point.cdf(f64(1.0)).tolist() == [1, 0]
    assert point.variance.tolist() == [0, 0]
    assert point.sample((3,)).tolist() == [[0, 2]] * 3


@pytest.mark.reference("torch.distributions.MixtureSameFamily", of="dlcore.probability.Mixture")
def test_mixture(generator):
    weights, loc, scale = f64([0.2, 0.3, 0.5]), f64([-3.0, 0.0, 2.0]), f64([0.5, 1.0, 2.0])
    ours = Mixture(weights, [Normal(m, s) for m, s in zip(loc, scale, strict=True)])
    theirs = td.MixtureSameFamily(td.Categorical(weights), td.Normal(loc, scale))
    x = torch.linspace(-60, 60, 25, dtype=torch.float64)
    assert_close(ours.log_prob(x), theirs.log_prob(x))
    assert_close(ours.mean, theirs.mean)
    assert_close(ours.variance, theirs.variance)
    assert_close(ours.responsibilities(x).sum(-1), torch.ones(25))
    drawn = ours.sample((4000,), generator=generator)
    result = scipy.stats.kstest(drawn.numpy(), lambda t: theirs.cdf(torch.as_tensor(t)).numpy())
    assert result.pvalue > 0.001


def test_mixture_of_vectors(generator):
    means = f64([[0.0, 0.0], [5.0, 5.0]])
    S = torch.eye(2, dtype=torch.float64)
    ours = Mixture(f64([0.5, 0.5]), [MultivariateNormal(m, S) for m in means])
    theirs = td.MixtureSameFamily(
        td.Categorical(f64([0.5, 0.5])), td.MultivariateNormal(means, S.expand(2, 2, 2))
    )
    x = ours.sample((7, 3), generator=generator)
    assert x.shape == (7, 3, 2)
    assert_close(ours.log_prob(x), theirs.log_prob(x))
    assert_close(ours.mean, theirs.mean)


@pytest.mark.reference("torch.distributions.Distribution", of="dlcore.probability.Distribution")
def test_the_interface_is_that_of_torch():
    names = {"log_prob", "sample", "mean", "variance", "stddev", "batch_shape", "event_shape"}
    assert names <= set(dir(Distribution)) & set(dir(td.Distribution))
    with pytest.raises(TypeError):
        Distribution()


@pytest.mark.parametrize("name", [*CONTINUOUS, "beta"])
def test_densities_integrate_to_one(name):
    ours = NUMBERS[name]
    low, high = (0, 1) if name == "beta" else (-math.inf, math.inf)
    if name == "uniform":
        low, high = A[1].item(), (A + B)[1].item()

    def density(x):
        return ours.log_prob(f64([x]))[1].exp().item()

    assert scipy.integrate.quad(density, low, high, limit=200)[0] == pytest.approx(1, abs=1e-7)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Bernoulli(1.2), r"\[0, 1\]"),
        (lambda: Bernoulli(), "either probs or logits"),
        (lambda: Bernoulli(torch.tensor(1)), "floating-point tensor"),
        (lambda: Bernoulli("0.5"), "number or a tensor"),
        (lambda: Categorical(torch.tensor([0.5, 0.6])), "sums to 1.1"),
        (lambda: Categorical(torch.zeros(2, 0)), "at least one class"),
        (lambda: Binomial(2.5, 0.5), "integer"),
        (lambda: Binomial(-1, 0.5), "at least 0"),
        (lambda: Poisson(0.0), "positive"),
        (lambda: Normal(0.0, 0.0), "scale must be positive"),
        (lambda: Normal(math.nan, 1.0), "NaN"),
        (lambda: Uniform(1.0, 1.0), "high - low"),
        (lambda: Exponential(-1.0), "rate"),
        (lambda: Beta(1.0, math.inf), "concentration0"),
        (lambda: Normal(0.0, 1.0).icdf(torch.tensor(1.1)), r"\[0, 1\]"),
        (lambda: MultivariateNormal(torch.zeros(2), torch.eye(3)), "covariance_matrix"),
        (lambda: MultivariateNormal(torch.zeros(2), torch.eye(2)).sample(-3), r"\(3,\), got -3"),
        (lambda: Normal(0.0, 1.0).sample((-3,)), r"such as \(3,\), got \(-3,\)"),
        (lambda: Bernoulli(0.5).sample("3"), "got '3'"),
        (lambda: MultivariateNormal(torch.zeros(2), -torch.eye(2)), "positive definite"),
        (lambda: Mixture(torch.tensor([1.0]), []), "one weight a component"),
        (lambda: Mixture(torch.tensor([1.0]), [Normal(torch.zeros(2), 1.0)]), "without batch"),
        (lambda: box_muller(torch.zeros(1), torch.zeros(1)), "u1 > 0"),
        (lambda: inverse_cdf_sample(lambda u: u[:1], (2,)), "shape"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises((ValueError, TypeError, RuntimeError), match=message):
        call()

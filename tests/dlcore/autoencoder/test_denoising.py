"""Denoisers: closed forms against enumerated corruptions, scores against quadrature."""

import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import torch

from dlcore.autoencoder import DenoisingAutoencoder, denoiser_to_score, linear_denoiser
from tests.parity import assert_close


@pytest.fixture
def X(generator):
    return torch.rand(7, 3, dtype=torch.float64, generator=generator)


def every_corruption(X, values, probabilities):
    """All corrupted copies of all rows, with the probability of each; None keeps an entry."""
    rows, clean, weights = [], [], []
    for choice in itertools.product(range(len(values)), repeat=X.shape[1]):
        noisy = X.clone()
        for column, c in enumerate(choice):
            if values[c] is not None:
                noisy[:, column] = values[c]
        rows.append(noisy)
        clean.append(X)
        weights.append(torch.full((len(X),), np.prod([probabilities[c] for c in choice])))
    return torch.cat(rows), torch.cat(clean), torch.cat(weights)


def least_squares(noisy, clean, weights):
    root = weights.sqrt()[:, None]
    return np.linalg.lstsq((root * noisy).numpy(), (root * clean).numpy(), rcond=None)[0].T


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.autoencoder.linear_denoiser")
@pytest.mark.parametrize(
    ("kind", "values", "probabilities"),
    [
        ("masking", (None, 0.0), (0.7, 0.3)),
        ("salt_and_pepper", (None, 0.0, 1.0), (0.6, 0.2, 0.2)),
    ],
)
def test_it_is_least_squares_over_every_corruption(X, kind, values, probabilities):
    W = linear_denoiser(X.T @ X / 7, kind, 1 - probabilities[0], mean=X.mean(0))
    assert_close(W, least_squares(*every_corruption(X, values, probabilities)), rtol=1e-7)


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.autoencoder.linear_denoiser")
def test_gaussian_noise_shrinks_as_least_squares_with_noise_of_that_size_does(X):
    # noise of exactly this second moment, uncorrelated with the inputs: plus and minus each axis
    axes = 0.5 * np.sqrt(3) * torch.eye(3, dtype=torch.float64)
    noise = torch.cat([axes, -axes])
    noisy = (X[:, None] + noise).reshape(-1, 3)
    expected = least_squares(noisy, X.repeat_interleave(6, 0), torch.ones(42))
    assert_close(linear_denoiser(X.T @ X / 7, "gaussian", 0.5), expected, rtol=1e-7)
    S = torch.diag(torch.tensor([4.0, 1.0, 0.25]))
    assert_close(
        linear_denoiser(S, "gaussian", 1.0).diag(), torch.tensor([0.8, 0.5, 0.2]), rtol=1e-5
    )


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.autoencoder.linear_denoiser")
def test_an_input_that_is_always_zero_gets_no_weight(X):
    X[:, 1] = 0
    W = linear_denoiser(X.T @ X / 7, "masking", 0.3)
    copies = every_corruption(X, (None, 0.0), (0.7, 0.3))
    assert_close(W, least_squares(*copies), rtol=1e-7, atol=1e-10)


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.autoencoder.denoiser_to_score")
def test_the_posterior_mean_gives_the_score_of_the_noisy_density():
    sigma, parts = 0.4, [(0.3, -1.0, 0.2), (0.7, 1.5, 0.5)]

    def density(x):
        return sum(w * scipy.stats.norm.pdf(x, m, s) for w, m, s in parts)

    def noisy_density(x):
        return sum(w * scipy.stats.norm.pdf(x, m, np.hypot(s, sigma)) for w, m, s in parts)

    points = np.linspace(-2, 3, 6)
    means, scores = [], []
    for point in points:

        def posterior(x, point=point):
            return density(x) * scipy.stats.norm.pdf(point, x, sigma)

        mass, first = (
            scipy.integrate.quad(f, -6, 6, epsabs=1e-13, epsrel=1e-12, limit=200)[0]
            for f in (posterior, lambda x, f=posterior: x * f(x))
        )
        means.append(first / mass)
        slope = sum(
            -w
            * (point - m)
            / (s**2 + sigma**2)
            * scipy.stats.norm.pdf(point, m, np.hypot(s, sigma))
            for w, m, s in parts
        )
        scores.append(slope / noisy_density(point))
    ours = denoiser_to_score(
        torch.tensor(means, dtype=torch.float64), torch.from_numpy(points), sigma
    )
    assert_close(ours, np.array(scores), rtol=1e-8)


@pytest.mark.reference("torch.nn.functional.mse_loss", of="dlcore.autoencoder.DenoisingAutoencoder")
def test_the_loss_goes_from_corrupted_inputs_to_clean_ones(X):
    calls = []

    def corrupt(x):
        calls.append(x)
        return x.flip(0)

    model = DenoisingAutoencoder([3, 5, 4], corrupt, activation="tanh", tied=True).double()
    expected = torch.nn.functional.mse_loss(model(X.flip(0)), X, reduction="sum") / 7
    assert_close(model.loss(X), expected)
    assert len(calls) == 1
    assert_close(model.errors(X), (model(X) - X).square().sum(1))


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda S: linear_denoiser(S[:1], "gaussian", 1.0), "symmetric"),
        (lambda S: linear_denoiser(S + torch.ones(3, 3).triu(1), "gaussian", 1.0), "symmetric"),
        (lambda S: linear_denoiser(S, "gaussian", -1.0), "at least 0"),
        (lambda S: linear_denoiser(S, "masking", 1.2), "between 0 and 1"),
        (lambda S: linear_denoiser(S, "poisson", 0.2), "kind must be"),
        (lambda S: linear_denoiser(S, "salt_and_pepper", 0.2), "needs the mean"),
        (lambda S: denoiser_to_score(S, S, 0.0), "sigma must be positive"),
        (lambda S: denoiser_to_score(S, S[:1], 1.0), "differ in shape"),
        (lambda S: DenoisingAutoencoder([3], lambda x: x), "at least input and output"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.eye(3))

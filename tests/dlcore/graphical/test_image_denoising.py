"""Denoising a small image against the enumeration of all images."""

import itertools

import numpy as np
import pytest
import torch

from dlcore import graphical
from dlcore.graphical import IsingDenoiser

NOISY = torch.tensor([[1, 1, 0], [1, 0, 1], [0, 1, 0]])


def posterior(denoiser, y):
    """All clean images and their probabilities, from the sums written out."""
    images = np.array(list(itertools.product([0, 1], repeat=y.numel()))).reshape(-1, *y.shape)
    s, t = 2 * images - 1, 2 * y.numpy() - 1
    pairs = (s[:, 1:] * s[:, :-1]).sum((1, 2)) + (s[:, :, 1:] * s[:, :, :-1]).sum((1, 2))
    scores = denoiser.coupling * pairs + denoiser.field * (s * t).sum((1, 2))
    weights = np.exp(scores - scores.max())
    return torch.as_tensor(images), scores, weights / weights.sum()


@pytest.mark.reference("enumeration", of="dlcore.graphical.IsingDenoiser")
@pytest.mark.parametrize(("coupling", "flips"), [(0.3, 0.1), (0.5, 0.2)])
def test_against_all_images(coupling, flips, generator):
    denoiser = IsingDenoiser(coupling, flips)
    images, scores, p = posterior(denoiser, NOISY)
    for i in range(0, 512, 37):
        assert denoiser.energy(images[i], NOISY) == pytest.approx(-scores[i], abs=1e-4)
    best = -scores.max()
    assert denoiser.energy(denoiser.minimum_cut(NOISY), NOISY) == pytest.approx(best, abs=1e-4)
    local = denoiser.icm(NOISY)
    assert best - 1e-4 <= denoiser.energy(local, NOISY) <= denoiser.energy(NOISY, NOISY)
    for r, c in itertools.product(range(3), repeat=2):
        changed = local.clone()
        changed[r, c] = 1 - changed[r, c]
        assert denoiser.energy(changed, NOISY) >= denoiser.energy(local, NOISY) - 1e-4
    marginals = np.einsum("n,nhw->hw", p, images.numpy())
    seen = denoiser.gibbs(NOISY, sweeps=2000, generator=generator).numpy()
    assert np.abs(seen - marginals).max() < 0.08


def test_mean_field_is_that_of_the_factors():
    denoiser = IsingDenoiser(0.4, 0.2)
    lattice = graphical.IsingModel.grid(3, 3, 0.4)
    model = graphical.IsingModel(lattice.J, denoiser.field * (2 * NOISY.flatten().double() - 1))
    fit = graphical.mean_field(model.factors, steps=500, tol=1e-12)
    expected = torch.stack([fit.marginals[i][1] for i in range(9)]).reshape(3, 3)
    found = denoiser.mean_field(NOISY, sweeps=200).double()
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_likelihood_of_a_flip():
    """Without coupling a pixel keeps the probability that it was not flipped."""
    denoiser = IsingDenoiser(0.0, 0.2)
    expected = torch.where(NOISY == 1, 0.8, 0.2)
    torch.testing.assert_close(denoiser.mean_field(NOISY), expected)
    assert torch.equal(denoiser.icm(NOISY), NOISY)
    assert torch.equal(denoiser.minimum_cut(NOISY), NOISY)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"got -1\.0 and 0\.1"):
        IsingDenoiser(-1.0)
    with pytest.raises(ValueError, match=r"got 1\.0 and 0\.5"):
        IsingDenoiser(1.0, 0.5)
    with pytest.raises(ValueError, match="image of 0 and 1"):
        IsingDenoiser().icm(2 * NOISY)
    with pytest.raises(ValueError, match="sweeps >= 1"):
        IsingDenoiser().gibbs(NOISY, sweeps=0)

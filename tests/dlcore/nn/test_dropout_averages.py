"""The networks that dropout averages: by enumeration, in closed form, by sampling."""

import itertools

import numpy as np
import pytest
import torch

from dlcore import nn
from tests.parity import assert_close


@pytest.fixture
def h(generator):
    return torch.randn(5, generator=generator, dtype=torch.float64)


@pytest.fixture
def W(generator):
    return torch.randn(3, 5, generator=generator, dtype=torch.float64)


@pytest.mark.reference("itertools.product", of="dlcore.nn.dropout_ensemble_exact")
@pytest.mark.reference("itertools.product", of="dlcore.nn.DropoutEnsemble")
def test_every_network_once_with_its_probability(h, W):
    ensemble = nn.dropout_ensemble_exact(lambda u: torch.relu(u @ W.T), h, p=0.2)
    masks = list(itertools.product([0, 1], repeat=5))
    assert ensemble.masks.int().tolist() == [list(mask) for mask in masks]
    for mask, output, probability in zip(masks, *ensemble[1:], strict=True):
        kept = np.array(mask)
        assert_close(output, np.maximum(W.numpy() @ (kept * h.numpy() / 0.8), 0))
        assert_close(probability, 0.8 ** kept.sum() * 0.2 ** (5 - kept.sum()))
    mean = sum(q * o for q, o in zip(ensemble.probabilities, ensemble.outputs, strict=True))
    assert_close(ensemble.mean(), mean)
    assert_close(ensemble.probabilities.sum(), 1.0)


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_the_geometric_mean_behind_one_softmax_layer_is_the_whole_network(h, W, p):
    ensemble = nn.dropout_ensemble_exact(lambda u: torch.softmax(u @ W.T, dim=-1), h, p)
    whole = torch.softmax(W @ h, dim=-1)
    assert_close(ensemble.geometric_mean(), whole)
    assert (ensemble.mean() - whole).abs().max() > 1e-3


def test_dropout_of_a_linear_model_is_a_ridge_with_the_features_second_moments(generator):
    X = torch.randn(7, 4, generator=generator, dtype=torch.float64)
    y = torch.randn(7, generator=generator, dtype=torch.float64)
    w = torch.randn(4, generator=generator, dtype=torch.float64)
    p = 0.3
    ensemble = nn.dropout_ensemble_exact(lambda u: (y - u @ w) ** 2, X, p)
    expected = ((y - X @ w) ** 2).sum() + p / (1 - p) * ((X**2).sum(0) * w**2).sum()
    assert_close(ensemble.mean().sum(), expected)


def test_variance_of_a_linear_output(h, W):
    ensemble = nn.dropout_ensemble_exact(lambda u: u @ W.T, h, p=0.2)
    assert_close(ensemble.variance(), 0.2 / 0.8 * (W**2 @ h**2))


@pytest.mark.reference("numpy.var", of="dlcore.nn.mc_dropout_predict")
@pytest.mark.reference("numpy.var", of="dlcore.nn.DropoutPrediction")
@pytest.mark.parametrize("dropping", [nn.Dropout, torch.nn.Dropout])
def test_mean_and_variance_of_the_passes(dropping, h, W):
    linear = nn.Linear(5, 3, bias=False, dtype=torch.float64)
    linear.load_state_dict({"weight": W})
    model = torch.nn.Sequential(dropping(0.2), linear)
    torch.manual_seed(0)
    mean, variance = nn.mc_dropout_predict(model, h, n_samples=20)
    torch.manual_seed(0)
    passes = np.stack([model(h).detach().numpy() for _ in range(20)])
    assert_close(mean, passes.mean(axis=0))
    assert_close(variance, passes.var(axis=0, ddof=1))


def test_the_variance_tends_to_the_closed_form(h, W):
    linear = nn.Linear(5, 3, dtype=torch.float64)
    linear.weight.data = W
    torch.manual_seed(0)
    X = h.expand(20_000, 5)
    variance = nn.mc_dropout_predict(torch.nn.Sequential(nn.Dropout(0.2), linear), X, 2).variance
    assert_close(variance.mean(dim=0), 0.2 / 0.8 * (W**2 @ h**2), rtol=0.1)


def test_only_dropout_trains_and_modes_come_back():
    norm, dropping = nn.BatchNorm1d(3), nn.Dropout().eval()
    model = torch.nn.Sequential(norm, dropping, nn.DropConnectLinear(3, 2))
    mean, variance = nn.mc_dropout_predict(model, torch.ones(1, 3))
    assert (norm.training, dropping.training, model.training) == (True, False, True)
    assert norm.num_batches_tracked == 0
    assert (variance > 0).all()
    assert not mean.requires_grad
    with pytest.raises(ValueError, match="expected 2 or 3 dimensions"):
        nn.mc_dropout_predict(model, torch.ones(1, 7))
    assert (norm.training, dropping.training) == (True, False)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="at least 2 passes, got n_samples=1"):
        nn.mc_dropout_predict(torch.nn.Sequential(nn.Dropout()), torch.ones(3), 1)
    with pytest.raises(ValueError, match="no layer of dropout"):
        nn.mc_dropout_predict(torch.nn.Linear(3, 1), torch.ones(3))
    for h in (torch.ones(21), torch.ones(0), torch.tensor(1.0)):
        with pytest.raises(ValueError, match="1 to 20 units, got shape"):
            nn.dropout_ensemble_exact(torch.sum, h)
    with pytest.raises(ValueError, match="p must be below 1"):
        nn.dropout_ensemble_exact(torch.sum, torch.ones(3), 1)
    with pytest.raises(ValueError, match="between 0 and 1, got -1"):
        nn.dropout_ensemble_exact(torch.sum, torch.ones(3), -1)

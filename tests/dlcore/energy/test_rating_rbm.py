"""Ratings with gaps: tables of all ratings, slopes, and people whose taste is known."""

import itertools

import numpy as np
import pytest
import torch

from dlcore.data import load_survey
from dlcore.energy import RatingRBM, train_rating_rbm
from tests.dlcore.energy.machines import bits
from tests.parity import assert_close


@pytest.fixture
def model(generator):
    machine = RatingRBM(4, 3, 2, std=1.0, dtype=torch.float64, generator=generator)
    machine.b.data.normal_(generator=generator)
    machine.c.data.normal_(generator=generator)
    return machine


def weight(model, ratings):
    """The unnormalized probability of one row, hidden states summed by hand."""
    W, b, c = (getattr(model, name).detach().numpy() for name in "Wbc")
    return sum(
        np.exp(h @ c + sum(b[i, r] + W[i, r] @ h for i, r in enumerate(ratings) if r >= 0))
        for h in bits(2)
    )


@pytest.mark.reference("enumeration", of="dlcore.energy.RatingRBM")
def test_against_all_ratings(model):
    rows = [[0, -1, 2, 1], [2, 2, -1, -1], [-1, -1, -1, -1]]
    R = torch.tensor(rows)
    weights = np.array([weight(model, row) for row in rows])
    assert_close(-model.free_energy(R), np.log(weights))
    full = [(a, -1, b, c) for a, b, c in itertools.product(range(3), repeat=3)]
    rated = torch.tensor([True, False, True, True])
    assert_close(model.log_partition(rated), np.log(sum(weight(model, r) for r in full)))
    predicted = model.predict(R)
    for row, told in zip(rows, predicted, strict=True):
        for item in range(4):
            versions = [[*row[:item], k, *row[item + 1 :]] for k in range(3)]
            p = np.array([weight(model, v) for v in versions])
            assert_close(told[item], p / p.sum())


def test_hidden_layer_and_slopes(model):
    R = torch.tensor([[0, -1, 2, 1], [2, 2, -1, 0]])
    slopes = torch.autograd.grad(-model.free_energy(R).mean(), [model.W, model.b, model.c])
    found = model.statistics(R)
    for name, slope in zip("Wbc", slopes, strict=True):
        assert_close(found[name], slope)
    assert_close(found["c"], model.hidden_probabilities(R).mean(0))


def test_only_rated_items_are_drawn(model, generator):
    h = torch.tensor([[1.0, 0.0]]).double().expand(20_000, -1)
    rated = torch.tensor([True, False, True, True]).expand(20_000, -1)
    R = model.sample_ratings(h, rated, generator=generator)
    assert (R[:, 1] == -1).all()
    for i in (0, 2, 3):
        p = (model.b[i] + model.W[i, :, 0]).softmax(0)
        shares = torch.bincount(R[:, i], minlength=3) / 20_000
        assert (shares - p).abs().max() < 4 * 0.5 / 20_000**0.5


@pytest.mark.reference("the table that made the ratings", of="dlcore.energy.train_rating_rbm")
def test_two_tastes_are_found(generator):
    """Half of the people love items 0 and 1 and hate 2 and 3; the others the other way round."""
    taste = torch.randint(2, (400, 1), generator=generator)
    R = torch.where(torch.arange(4) < 2, 4 * taste, 4 * (1 - taste))
    R = R.masked_fill(torch.rand(400, 4, generator=generator) < 0.3, -1)
    model = RatingRBM(4, 5, 3, std=0.1, generator=generator)
    assert train_rating_rbm(model, R, epochs=30, generator=generator, progress=False) is model
    told = model.predict(torch.tensor([[4, -1, -1, -1], [-1, -1, 4, -1]]))
    assert told.argmax(2)[:, [1, 3]].tolist() == [[4, 0], [0, 4]]


def test_answers_of_people_are_better_than_shares(generator):
    """On held-out people of the survey, one answer from the other four."""
    A = load_survey().answers[torch.randperm(944, generator=generator)]
    seen, new = A[:744], A[744:]
    model = RatingRBM(5, 7, 6, std=0.1, generator=generator)
    train_rating_rbm(model, seen, epochs=30, lr=0.2, generator=generator, progress=False)
    shares = torch.stack([(seen == k).float().mean(0) for k in range(7)], 1) + 1e-3
    alone = shares.log()[torch.arange(5), new].mean(0)
    told = model.predict(new).log().gather(2, new[..., None])[..., 0].mean(0)
    assert (told - alone)[3] > 0.1
    assert (told - alone).mean() > 0.03


@pytest.mark.bad_input
def test_bad_input(model):
    with pytest.raises(ValueError, match="two levels"):
        RatingRBM(3, 1, 2)
    with pytest.raises(ValueError, match=r"whole ratings \(n, 4\)"):
        model.predict(torch.zeros(2, 3, dtype=torch.long))
    with pytest.raises(ValueError, match="whole ratings"):
        model.predict(torch.zeros(2, 4))
    for wrong in (-2, 3):
        with pytest.raises(ValueError, match=r"0\.\.2"):
            model.free_energy(torch.full((1, 4), wrong))
    with pytest.raises(ValueError, match="expected 4 items"):
        model.log_partition(torch.tensor([True]))
    with pytest.raises(ValueError, match="at least 1"):
        train_rating_rbm(model, torch.zeros(2, 4, dtype=torch.long), k=0)

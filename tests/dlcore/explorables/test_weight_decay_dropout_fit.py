from itertools import product

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from dlcore.explorables import weight_decay_dropout_fit
from dlcore.explorables.polynomial_fit import sample
from dlcore.explorables.weight_decay_dropout_fit import (
    LOGS,
    NOISE,
    POINTS,
    SCRIPTS,
    SEED,
    SIZES,
    UNITS,
    decay_of,
    errors,
    hidden,
    masks,
    output_weights,
)
from tests.parity import assert_close

GRID = torch.linspace(0, 1, 201, dtype=torch.float64)
SETTINGS = [("alike", 1e-6, 0.0), ("alike", 0.1, 0.2), ("left", 1e-6, 0.5), ("left", 10.0, 0.0)]


def units(x, sizes):
    """The hidden layer in numpy, from the numbers that the page draws as well."""
    return hidden(torch.as_tensor(x), sizes).numpy()


def by_scikit_learn(decay, sizes="alike", seed=SEED):
    """Root mean square errors and the curve, from ridge regression on rescaled units."""
    x, y = (v.numpy() for v in sample(POINTS, NOISE, seed))
    H, at, root = units(x, sizes), units(GRID, sizes), np.sqrt(decay)
    model = Ridge(alpha=POINTS, fit_intercept=False, solver="svd").fit(H / root, y)
    curve = model.predict(at / root)
    own = np.sqrt(np.square(model.predict(H / root) - y).mean())
    off = np.square(curve - np.sin(2 * np.pi * GRID.numpy())).mean()
    return float(own), float(np.sqrt(off + NOISE**2)), curve


def mean_decay(sizes, lam, p):
    x, _ = sample(POINTS, NOISE, SEED)
    return lam + p / (1 - p) * np.square(units(x, sizes)).mean(0)


@pytest.mark.reference(
    "sklearn.linear_model.Ridge", of="dlcore.explorables.weight_decay_dropout_fit"
)
@pytest.mark.parametrize(("sizes", "lam", "p"), SETTINGS)
@pytest.mark.parametrize("seed", [3, 5])
def test_curves_and_errors_in_the_page_agree_with_scikit_learn(javascript, sizes, lam, p, seed):
    curve, rows = javascript(
        SCRIPTS,
        """(() => {
          const data = setting({ sizes, seed, noise }), decay = decayOf(data.H, lam, p);
          return [values(data.at, outputWeights(data.H, data.y, decay)), errors(data, decay)];
        })()""",
        sizes=sizes,
        lam=lam,
        p=p,
        seed=seed,
        noise=NOISE,
    )
    own, new, expected = by_scikit_learn(mean_decay(sizes, lam, p), sizes, seed)
    assert_close(curve, expected, rtol=1e-6, atol=1e-6)
    assert_close(rows, [own, new], rtol=1e-6, atol=1e-6)
    _, y = sample(POINTS, NOISE, seed)
    assert_close(errors(y, sizes, lam, p), (own, new), rtol=1e-6, atol=1e-6)


def test_the_average_over_all_masks_by_enumeration():
    """Least squares on the data of all 2^7 masks at once, each with its probability."""
    x, y = sample(POINTS, NOISE, SEED)
    H, p = hidden(x, "left")[:, ::6], 0.3
    every = torch.tensor(list(product((0.0, 1.0), repeat=H.shape[1])), dtype=torch.float64)
    chance = torch.where(every == 1, 1 - p, p).prod(1)
    root = (chance[:, None, None] / POINTS).sqrt()
    rows = (root * H * (every / (1 - p))[:, None, :]).reshape(-1, H.shape[1])
    ridge = 0.1**0.5 * torch.eye(H.shape[1], dtype=torch.float64)
    targets = (root[..., 0] * y).reshape(-1)
    A = torch.cat([rows, ridge]).numpy()
    b = torch.cat([targets, torch.zeros(len(ridge), dtype=torch.float64)]).numpy()
    expected = np.linalg.lstsq(A, b, rcond=None)[0]
    assert_close(output_weights(H, y, decay_of(H, 0.1, p)), expected, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.9])
def test_masks_in_the_page_are_those_of_the_still(javascript, p):
    drawn = masks(p)
    assert_close(javascript(SCRIPTS, "masks(p)", p=p), drawn.numpy(), rtol=1e-12)
    assert set(drawn.flatten().tolist()) <= {0.0, 1 / (1 - p)}
    share = (drawn == 0).double().mean().item()
    assert abs(share - p) <= 4 * (p * (1 - p) / drawn.numel()) ** 0.5


def test_the_finding_dropout_is_a_weight_decay():
    _, new, curve = by_scikit_learn(mean_decay("alike", 1e-6, 0.2))
    assert round(new, 2) == 0.55
    assert round(by_scikit_learn(np.full(UNITS, 1e-6))[1], 2) == 0.77
    alone = {log: by_scikit_learn(np.full(UNITS, 10**log))[1] for log in LOGS}
    best = min(alone, key=alone.get)
    assert round(10**best, 2) == 0.32
    assert round(alone[best], 2) == 0.55
    level = mean_decay("alike", 1e-6, 0.2).mean()
    assert np.abs(curve - by_scikit_learn(np.full(UNITS, level))[2]).max() < 0.02
    both = [by_scikit_learn(mean_decay("alike", 10**log, 0.2))[1] for log in LOGS]
    assert new - 0.001 < min(both)


def test_the_finding_only_weight_decay_minds_the_size_of_the_units():
    alike, left = (by_scikit_learn(mean_decay(sizes, 1e-6, 0.2), sizes)[2] for sizes in SIZES)
    assert np.abs(alike - left).max() < 1e-5
    alone = [by_scikit_learn(np.full(UNITS, 10**log), "left")[1] for log in LOGS]
    assert round(min(alone), 2) == 0.59
    level = mean_decay("left", 1e-6, 0.2).mean()
    assert np.abs(left - by_scikit_learn(np.full(UNITS, level), "left")[2]).max() > 0.3


def test_the_still_says_what_the_caller_asked_for():
    figure = weight_decay_dropout_fit(0.1, 0.5, sizes="left", seed=0, question="Which?")
    assert "weight decay 0.1 and dropout 0.5" in figure.alt
    assert (figure.state["sizes"], figure.state["seed"]) == ("left", 0)
    assert figure.question == "Which?"
    assert "0.44 on the points and 0.55 on new ones" in weight_decay_dropout_fit().alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lam": 0}, "lam must lie between 1e-06 and 100, got 0"),
        ({"p": 1}, "p must lie between 0 and 0.9, got 1"),
        ({"sizes": "right"}, "unknown sizes 'right': choose from alike, left"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        weight_decay_dropout_fit(**arguments)

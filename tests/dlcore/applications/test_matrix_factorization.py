"""Factorized ratings against the singular value decomposition, ridge regression and each other."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from dlcore.applications import MatrixFactorization
from tests.parity import assert_close


def complete(R: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    users, items = torch.meshgrid(*map(torch.arange, R.shape), indexing="ij")
    return users.flatten(), items.flatten(), R.flatten()


@pytest.mark.reference("numpy.linalg.svd", of="dlcore.applications.MatrixFactorization")
@pytest.mark.parametrize("regularization", [1e-6, 0.5])
def test_with_all_ratings_it_is_a_shrunk_singular_value_decomposition(regularization, generator):
    """Singular values fall by lambda, and those beyond the rank to 0."""
    R = torch.randn(8, 6, generator=generator, dtype=torch.float64)
    model = MatrixFactorization(
        3, biases=False, regularization=regularization, epochs=300, generator=generator
    ).fit(*complete(R))
    U, s, V = np.linalg.svd(R.numpy())
    shrunk = np.maximum(s - regularization, 0)[:3]
    assert_close(model.scores(), U[:, :3] * shrunk @ V[:3], rtol=0, atol=1e-4)
    rest = (s[3:] ** 2).sum() + 3 * regularization**2 + 2 * regularization * shrunk.sum()
    assert float(model.objective_[-1]) == pytest.approx(rest, rel=1e-4)


def some_ratings(generator: torch.Generator) -> tuple[torch.Tensor, ...]:
    P, Q = torch.randn(2, 30, 2, generator=generator, dtype=torch.float64)
    users, items, ratings = complete(3 + P @ Q.T + P[:, :1])
    known = torch.rand(len(ratings), generator=generator) < 0.4
    return users[known], items[known], ratings[known]


def test_alternation_never_raises_the_sum_and_ends_in_ridge_regressions(generator):
    users, items, ratings = some_ratings(generator)
    model = MatrixFactorization(2, regularization=0.7, epochs=30, generator=generator)
    model.fit(users, items, ratings)
    assert (model.objective_.diff() < 1e-9).all()
    own = items == 4
    x = torch.cat([model.user_factors_[users[own]], torch.ones(int(own.sum()), 1)], 1)
    y = ratings[own] - model.mean_ - model.user_biases_[users[own]]
    ridge = Ridge(alpha=0.7, fit_intercept=False, solver="cholesky").fit(x.numpy(), y.numpy())
    assert_close(model.item_factors_[4], ridge.coef_[:2], rtol=1e-7)
    assert_close(model.item_biases_[4], ridge.coef_[2], rtol=1e-7)


def test_gradient_steps_come_near_to_the_same_sum(generator):
    triples = some_ratings(generator)
    settings = {"rank": 2, "regularization": 1.0}
    als = MatrixFactorization(**settings, epochs=100, generator=generator).fit(*triples)
    sgd = MatrixFactorization(
        **settings, solver="sgd", epochs=80, lr=0.1, batch_size=16, generator=generator
    ).fit(*triples)
    assert float(sgd.objective_[-1]) == pytest.approx(float(als.objective_[-1]), rel=0.03)


def test_unknown_ratings_are_foreseen(generator):
    P, Q = torch.randn(2, 40, 2, generator=generator, dtype=torch.float64)
    users, items, ratings = complete(P @ Q.T)
    known = torch.rand(1600, generator=generator) < 0.4
    model = MatrixFactorization(2, regularization=0.1, epochs=40, generator=generator)
    model.fit(users[known], items[known], ratings[known], shape=(40, 40))
    errors = ratings[~known] - model.predict(users[~known], items[~known])
    assert errors.square().mean() < 0.05 * ratings.var()


def test_recommendations_leave_out_what_was_seen(generator):
    R = torch.tensor([[1.0, 5.0, 3.0, 4.0], [2.0, 5.0, 3.0, 4.0]], dtype=torch.float64)
    model = MatrixFactorization(1, regularization=1e-3, generator=generator).fit(*complete(R))
    assert model.recommend(0, 2).tolist() == [1, 3]
    assert model.recommend(0, 2, seen=torch.tensor([1])).tolist() == [3, 2]


def test_who_rated_nothing_gets_the_means(generator):
    users, items = torch.tensor([0, 0, 2]), torch.tensor([0, 1, 1])
    ratings = torch.tensor([1.0, 3.0, 5.0])
    model = MatrixFactorization(2, generator=generator).fit(users, items, ratings, shape=(4, 2))
    expected = model.mean_ + model.item_biases_
    assert_close(model.scores()[1], expected, rtol=1e-6)
    assert_close(model.scores()[3], expected, rtol=1e-6)


@pytest.mark.bad_input
def test_bad_input():
    users, ratings = torch.tensor([0, 1]), torch.tensor([1.0, 2.0])
    with pytest.raises(ValueError, match="positive"):
        MatrixFactorization(regularization=0.0)
    with pytest.raises(ValueError, match="'adam'"):
        MatrixFactorization(solver="adam")
    with pytest.raises(ValueError, match="one length"):
        MatrixFactorization().fit(users, users, ratings[:1])
    with pytest.raises(ValueError, match=r"within \(1, 2\), got \(2, 2\)"):
        MatrixFactorization().fit(users, users, ratings, shape=(1, 2))
    with pytest.raises(ValueError, match=r"1..2, the items left, got 3"):
        MatrixFactorization(1).fit(users, users, ratings).recommend(0, 3)

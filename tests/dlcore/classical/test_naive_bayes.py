"""Naive Bayes against scikit-learn, and what its assumption does."""

import numpy as np
import pytest
import sklearn.naive_bayes
import torch
from sklearn.datasets import load_digits, load_wine

from dlcore.classical import BernoulliNB, GaussianNB, MultinomialNB
from tests.parity import assert_close

X, Y = load_digits(return_X_y=True)


def same_answers(ours, theirs, X, Y):
    ours.fit(X, Y)
    theirs.fit(X, Y)
    assert_close(ours.predict_log_proba(X), theirs.predict_log_proba(X), rtol=1e-6, atol=1e-8)
    assert_close(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-6, atol=1e-9)
    assert (ours.predict(X) == theirs.predict(X)).all()


@pytest.mark.reference("sklearn.naive_bayes.GaussianNB", of="dlcore.classical.GaussianNB")
@pytest.mark.parametrize("options", [{}, {"priors": [0.5, 0.3, 0.2]}, {"var_smoothing": 1e-3}])
def test_gaussian(options):
    A, y = load_wine(return_X_y=True)
    ours, theirs = GaussianNB(**options), sklearn.naive_bayes.GaussianNB(**options)
    same_answers(ours, theirs, A, y)
    assert_close(ours.theta_, theirs.theta_, rtol=1e-8)
    assert_close(ours.var_, theirs.var_, rtol=1e-8)


def test_gaussian_with_constant_features():
    same_answers(GaussianNB(), sklearn.naive_bayes.GaussianNB(), X, Y)


@pytest.mark.reference("sklearn.naive_bayes.BernoulliNB", of="dlcore.classical.BernoulliNB")
@pytest.mark.parametrize("options", [{}, {"alpha": 0.1, "binarize": 7.5}])
def test_bernoulli(options):
    same_answers(BernoulliNB(**options), sklearn.naive_bayes.BernoulliNB(**options), X, Y)
    binary = (X > 7.5).astype(float)
    assert_close(
        BernoulliNB(binarize=None).fit(binary, Y).predict_proba(binary),
        BernoulliNB(binarize=7.5).fit(X, Y).predict_proba(X),
    )


@pytest.mark.reference("sklearn.naive_bayes.MultinomialNB", of="dlcore.classical.MultinomialNB")
@pytest.mark.parametrize("alpha", [1.0, 0.01])
def test_multinomial(alpha):
    theirs = sklearn.naive_bayes.MultinomialNB(alpha=alpha)
    same_answers(MultinomialNB(alpha=alpha), theirs, X, Y)


def test_a_copied_feature_counts_again():
    A = torch.tensor([[-1.0], [1.0], [0.0], [2.0]], dtype=torch.float64)
    y = torch.tensor([0, 0, 1, 1])
    point = torch.tensor([[1.0]], dtype=torch.float64)
    (once,) = GaussianNB(var_smoothing=0.0).fit(A, y).predict_proba(point)[:, 1]
    for copies in (2, 10):
        model = GaussianNB(var_smoothing=0.0).fit(A.repeat(1, copies), y)
        odds = (once / (1 - once)) ** copies
        assert_close(model.predict_proba(point.repeat(1, copies))[:, 1], [odds / (1 + odds)])


def test_hundreds_of_features_do_not_underflow():
    generator = torch.Generator().manual_seed(0)
    A = torch.randn(20, 5000, generator=generator)
    p = GaussianNB().fit(A, torch.arange(20) % 2).predict_proba(A)
    assert p.isfinite().all()
    assert_close(p.sum(1), torch.ones(20), rtol=1e-6)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="priors must be 10 probabilities"):
        GaussianNB(priors=[0.5, 0.5]).fit(X, Y)
    with pytest.raises(ValueError, match="alpha must be positive, got 0"):
        BernoulliNB(alpha=0).fit(X, Y)
    with pytest.raises(ValueError, match="Negative values"):
        MultinomialNB().fit(-np.abs(X), Y)

"""Risks: statsmodels' proportional hazards, all pairs, scikit-learn's pipeline."""

import itertools

import numpy as np
import pytest
import torch
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator
from statsmodels.duration.hazard_regression import PHReg

from dlcore.applications import LogisticRisk, concordance_index, cox_ph_loss
from tests.parity import assert_close


def patients(generator, n: int = 40):
    X = torch.randn(n, 2, dtype=torch.float64, generator=generator)
    time = torch.randint(1, 25, (n,), generator=generator).double()
    event = torch.rand(n, generator=generator) < 0.6
    return X, time, event


@pytest.mark.reference("statsmodels PHReg(ties='breslow')", of="dlcore.applications.cox_ph_loss")
def test_the_partial_likelihood_of_statsmodels(generator):
    X, time, event = patients(generator)
    model = PHReg(time.numpy(), X.numpy(), status=event.numpy().astype(int), ties="breslow")
    beta = torch.tensor([0.7, -1.2], dtype=torch.float64, requires_grad=True)
    loss = cox_ph_loss(X @ beta, time, event)
    events = int(event.sum())
    assert_close(loss * events, -model.loglike(beta.detach().numpy()))
    (gradient,) = torch.autograd.grad(loss, beta)
    assert_close(gradient * events, -model.score(beta.detach().numpy()))
    assert_close(cox_ph_loss(X @ beta + 5, time, event.long()), loss)
    assert cox_ph_loss(torch.full((40,), 300.0), time.float(), event).isfinite()


@pytest.mark.reference("count over pairs", of="dlcore.applications.concordance_index")
def test_concordance_by_counting(generator):
    X, time, event = patients(generator)
    risk = X[:, 0].round(decimals=0)
    right = total = 0.0
    for i, j in itertools.permutations(range(40), 2):
        if event[i] and time[i] < time[j]:
            total += 1
            right += float(risk[i] > risk[j]) + 0.5 * float(risk[i] == risk[j])
    assert_close(concordance_index(risk, time, event), right / total)
    assert_close(concordance_index(-risk, time, event), 1 - right / total)
    assert concordance_index(-time, time, event) == 1.0


@pytest.mark.reference("sklearn.pipeline.make_pipeline", of="dlcore.applications.LogisticRisk")
def test_the_pipeline_of_scikit_learn(generator):
    X = torch.randn(80, 3, dtype=torch.float64, generator=generator)
    y = (X[:, 0] + 0.3 * torch.randn(80, generator=generator) > 0).long()
    X = 5 + 3 * X.masked_fill(torch.rand(80, 3, generator=generator) < 0.3, torch.nan)
    X[:, 2] = X[:, 2].nan_to_num(0.0)
    theirs = make_pipeline(
        SimpleImputer(add_indicator=False), StandardScaler(), LogisticRegression(C=1e4, tol=1e-9)
    ).fit(X.numpy(), y.numpy())
    ours = LogisticRisk(lam=1 / (2 * 80 * 1e4), indicators=False).fit(X, y)
    expected = theirs.predict_proba(X.numpy())
    assert_close(ours.predict_proba(X), expected, rtol=0.05, atol=5e-3)
    with_gaps = LogisticRisk(lam=0.05).fit(X.numpy(), y.numpy())
    assert with_gaps.gaps_.tolist() == [0, 1]
    filled = SimpleImputer().fit_transform(X.numpy())
    scaled = StandardScaler().fit_transform(filled)
    wide = np.hstack([scaled, np.isnan(X.numpy()[:, :2])])
    reference = LogisticRegression(C=1 / (2 * 80 * 0.05), tol=1e-9).fit(wide, y.numpy())
    assert_close(with_gaps.predict_proba(X.numpy()), reference.predict_proba(wide), atol=1e-3)
    assert isinstance(with_gaps.predict(X.numpy()), np.ndarray)
    assert torch.equal(with_gaps.predict(X), torch.from_numpy(reference.predict(wide)))
    assert with_gaps.score(X, y) == reference.score(wide, y)


def test_the_interface_is_that_of_scikit_learn():
    results = check_estimator(LogisticRisk(), on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}


def test_that_a_test_was_not_made_says_something(generator):
    ill = torch.rand(200, generator=generator) < 0.5
    X = torch.randn(200, 1, dtype=torch.float64, generator=generator)
    X[ill & (torch.rand(200, generator=generator) < 0.8)] = torch.nan
    assert LogisticRisk().fit(X, ill.long()).score(X, ill.long()) > 0.85
    assert LogisticRisk(indicators=False).fit(X, ill.long()).score(X, ill.long()) < 0.75


@pytest.mark.bad_input
def test_what_does_not_fit():
    risk, event = torch.tensor([0.1, 0.2]), torch.tensor([1, 0])
    X, y = np.array([[1.0, np.nan], [2.0, np.nan]]), np.array([0, 1])
    model = LogisticRisk().fit(X[:, :1], y)
    for call, message in (
        (lambda: cox_ph_loss(risk, risk[:1], event), "one risk, time and event each"),
        (lambda: cox_ph_loss(risk, risk, 2 * event), "event must be 0"),
        (lambda: cox_ph_loss(risk, risk, 0 * event), "without an event"),
        (lambda: concordance_index(risk, risk[:1], event), "one risk, time and event each"),
        (lambda: concordance_index(risk, torch.ones(2), event), "no pair"),
        (lambda: LogisticRisk().fit(X, y), "feature 1 was never measured"),
        (lambda: LogisticRisk().fit(np.full((2, 1), np.inf), y), "infinity"),
        (lambda: LogisticRisk().fit(X[:, :1], np.array([1, 1])), "classes"),
        (lambda: model.predict(X), "X has 2 features"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

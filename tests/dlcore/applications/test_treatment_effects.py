"""Effects that are known because we made the patients up, and estimates written out again."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from dlcore.applications import TLearner, TreatmentEffect, ipw_ate
from tests.parity import assert_close


def patients(generator, n: int):
    """The ill are treated more often and fare worse: a plain comparison gets the sign wrong."""
    X = torch.randn(n, 2, dtype=torch.float64, generator=generator)
    propensity = torch.sigmoid(X[:, 0])
    treatment = (torch.rand(n, generator=generator) < propensity).long()
    effect = 1 + 0.5 * X[:, 1]
    noise = 0.5 * torch.randn(n, dtype=torch.float64, generator=generator)
    return X, treatment, propensity, effect, treatment * effect - 3 * X[:, 0] + noise


@pytest.mark.reference("effect by construction", of="dlcore.applications.TLearner")
@pytest.mark.reference("effect by construction", of="dlcore.applications.ipw_ate")
def test_known_effects_are_found_where_a_plain_comparison_fails(generator):
    X, treatment, propensity, effect, y = patients(generator, 6000)
    plain = float(y[treatment == 1].mean() - y[treatment == 0].mean())
    assert plain < -0.5
    learner = TLearner(LinearRegression()).fit(X.numpy(), treatment.numpy(), y.numpy())
    assert_close(learner.predict_effect(X.numpy()), effect, atol=0.2)
    assert abs(learner.average_effect(X.numpy()) - float(effect.mean())) < 0.1
    for normalize in (False, True):
        found = ipw_ate(y, treatment, propensity, normalize=normalize)
        assert abs(found.effect - 1) < 4 * found.standard_error
        assert found.standard_error < 0.3


@pytest.mark.reference("sklearn.linear_model.LinearRegression", of="dlcore.applications.TLearner")
def test_two_models(generator):
    X, treatment, _, _, y = patients(generator, 50)
    learner = TLearner(LinearRegression()).fit(X.numpy(), treatment.numpy(), y.numpy())
    expected = 0.0
    for group, sign in ((1, 1), (0, -1)):
        chosen = (treatment == group).numpy()
        model = LinearRegression().fit(X.numpy()[chosen], y.numpy()[chosen])
        expected = expected + sign * model.predict(X.numpy())
    assert_close(learner.predict_effect(X.numpy()), expected)
    assert isinstance(TLearner().fit(X, treatment, y).predict_effect(X), torch.Tensor)


@pytest.mark.reference("numpy.average", of="dlcore.applications.ipw_ate")
@pytest.mark.reference("numpy.average", of="dlcore.applications.TreatmentEffect")
def test_weights(generator):
    _, treatment, propensity, _, y = patients(generator, 300)
    t, e, outcome = treatment.numpy(), propensity.numpy().clip(0.1, 0.9), y.numpy()
    parts = t * outcome / e - (1 - t) * outcome / (1 - e)
    found = ipw_ate(y, treatment, propensity, clip=0.1)
    assert isinstance(found, TreatmentEffect)
    assert_close(found, [parts.mean(), parts.std() / np.sqrt(300)])
    normalized = np.average(outcome, weights=t / e) - np.average(outcome, weights=(1 - t) / (1 - e))
    assert_close(ipw_ate(y, treatment, propensity, clip=0.1, normalize=True).effect, normalized)
    shifted = ipw_ate(y + 100, treatment == 1, propensity, clip=0.1, normalize=True)
    assert_close(shifted.effect, normalized, rtol=1e-7)


@pytest.mark.bad_input
def test_what_does_not_fit():
    y, t, e = torch.ones(3), torch.tensor([0, 1, 1]), torch.full((3,), 0.5)
    X = torch.ones(3, 1)
    for call, message in (
        (lambda: TLearner().fit(X, torch.ones(3), y), "0 or 1, both of them"),
        (lambda: TLearner().fit(X, 2 * t, y), "0 or 1, both of them"),
        (lambda: ipw_ate(y, t[:2], e), "one shape"),
        (lambda: ipw_ate(y, 2 * t, e), "treatment must be 0 or 1"),
        (lambda: ipw_ate(y, t, 2 * e), "propensities must lie"),
        (lambda: ipw_ate(y, t, e, clip=0.5), r"clip must lie in \[0, 0.5\)"),
        (lambda: ipw_ate(y, 0 * t, e, normalize=True), "both groups"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

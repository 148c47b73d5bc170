"""Forecasts of a process whose errors are known in closed form."""

import numpy as np
import pytest
import scipy.signal
import torch

from dlcore.applications import climatology_forecast, persistence_forecast, skill_score
from tests.parity import assert_close


@pytest.mark.reference("AR(1) in closed form", of="dlcore.applications.skill_score")
@pytest.mark.reference("AR(1) in closed form", of="dlcore.applications.persistence_forecast")
def test_persistence_of_an_autoregression(generator):
    rho = 0.9
    noise = torch.randn(60_000, dtype=torch.float64, generator=generator).numpy()
    x = torch.from_numpy(scipy.signal.lfilter([1.0], [1.0, -rho], noise))[100:]
    climatology = float(x.var())
    for lead in (1, 3, 10):
        persistence = float((persistence_forecast(x, lead) - x[lead:]).square().mean())
        damped = float((rho**lead * persistence_forecast(x, lead) - x[lead:]).square().mean())
        assert abs(skill_score(persistence, climatology) - (2 * rho**lead - 1)) < 0.03
        assert abs(skill_score(damped, climatology) - rho ** (2 * lead)) < 0.03
    assert skill_score(2.0, 2.0) == 0
    assert skill_score(0.0, 2.0) == 1


@pytest.mark.reference("numpy.mean", of="dlcore.applications.climatology_forecast")
def test_climatology_is_the_mean_of_the_same_season(generator):
    x = torch.randn(3, 29, dtype=torch.float64, generator=generator)
    found = climatology_forecast(x, 9, period=12)
    for step in range(9):
        season = (29 + step) % 12
        assert_close(found[:, step], np.mean(x.numpy()[:, season::12], axis=1))
    assert_close(climatology_forecast(x, 2)[:, 1], x.mean(1))
    assert climatology_forecast(x, 0).shape == (3, 0)


@pytest.mark.bad_input
def test_what_does_not_fit():
    x = torch.ones(4)
    for call, message in (
        (lambda: skill_score(-1.0, 2.0), "errors >= 0"),
        (lambda: skill_score(1.0, 0.0), "a reference > 0"),
        (lambda: persistence_forecast(x, 0), r"lead must lie in 1\.\.3"),
        (lambda: persistence_forecast(x, 4), r"lead must lie in 1\.\.3"),
        (lambda: climatology_forecast(x, -1), "steps >= 0"),
        (lambda: climatology_forecast(x, 1, period=5), r"a period in 1\.\.4"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

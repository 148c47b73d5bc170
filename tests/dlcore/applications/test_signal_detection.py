"""Matched filters against NumPy and the best possible test; transits against least squares."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
import torch

from dlcore.applications import Transit, box_least_squares, matched_filter_snr
from tests.parity import assert_close


@pytest.mark.reference("numpy.correlate", of="dlcore.applications.matched_filter_snr")
def test_correlation(generator):
    data = torch.randn(2, 3, 40, dtype=torch.float64, generator=generator)
    template = torch.randn(7, dtype=torch.float64, generator=generator)
    ours = matched_filter_snr(data, template, noise_std=0.5)
    for i, j in itertools.product(range(2), range(3)):
        theirs = np.correlate(data[i, j].numpy(), template.numpy(), "valid")
        assert_close(ours[i, j], theirs / (0.5 * np.linalg.norm(template)))
    assert_close(matched_filter_snr(3 * template, template), [3 * template.norm()])


@pytest.mark.reference("Neyman-Pearson bound", of="dlcore.applications.matched_filter_snr")
def test_detections_are_as_many_as_the_best_test_allows(generator):
    time = torch.linspace(0, 1, 400)
    template = torch.sin(2 * torch.pi * (10 * time + 20 * time**2))
    amplitude, false_alarms, n = 0.14, 0.01, 3000
    noise = torch.randn(n, 400, generator=generator)
    snr = amplitude * float(template.norm())
    threshold = scipy.stats.norm.isf(false_alarms)
    alarms = (matched_filter_snr(noise, template)[:, 0] > threshold).double().mean()
    found = (matched_filter_snr(noise + amplitude * template, template)[:, 0] > threshold).double()
    bound = scipy.stats.norm.sf(threshold - snr)
    assert abs(float(alarms) - false_alarms) < 4 * math.sqrt(false_alarms / n)
    assert abs(float(found.mean()) - bound) < 4 * math.sqrt(bound * (1 - bound) / n)


def explained(time, flux, period, start, duration):
    """What a box explains of the sum of squares, by two means."""
    inside = ((time - time.min() - start) % period) < duration
    if inside.all() or not inside.any():
        return 0.0
    y = flux - flux.mean()
    low, rest = y[inside].mean(), y[~inside].mean()
    gain = inside.sum() * low**2 + (~inside).sum() * rest**2
    return gain if low < rest else 0.0


@pytest.mark.reference("every box by two means", of="dlcore.applications.box_least_squares")
@pytest.mark.reference("every box by two means", of="dlcore.applications.Transit")
def test_every_box(generator):
    time = 3 + 20 * torch.rand(40, dtype=torch.float64, generator=generator)
    flux = torch.randn(40, dtype=torch.float64, generator=generator)
    periods, durations = [2.3, 3.1, 4.7], [0.3, 0.9]
    found = box_least_squares(time, flux, periods, durations)
    assert isinstance(found, Transit)
    t, y = time.numpy(), flux.numpy()
    for k, period in enumerate(periods):
        starts = (t - t.min()) % period
        best = max(explained(t, y, period, s - 1e-9, d) for s in starts for d in durations)
        assert_close(found.power[k] ** 2, best, rtol=1e-7)
    inside = ((t - found.start + 1e-9) % found.period) < found.duration
    assert_close(found.depth, y[~inside].mean() - y[inside].mean(), rtol=1e-7)


def test_a_planted_planet_is_found(generator):
    time = torch.arange(0, 80, 0.1, dtype=torch.float64)
    dips = ((time - 2.4) % 6.5) < 0.35
    flux = 1 - 0.01 * dips + 0.004 * torch.randn(len(time), generator=generator)
    periods = torch.arange(4.0, 9.0, 0.05)
    found = box_least_squares(time, flux, periods, [0.2, 0.35, 0.6])
    assert abs(found.period - 6.5) < 0.051
    assert abs(found.start - 2.4) < 0.25
    assert abs(found.depth - 0.01) < 0.002
    assert found.power.max() > 3 * found.power.median()
    brighter = box_least_squares(time, 2 - flux, periods, [0.35])
    assert brighter.power.max() < 0.7 * found.power.max()


@pytest.mark.bad_input
def test_what_does_not_fit():
    x, t = torch.ones(5), torch.arange(5.0)
    for call, message in (
        (lambda: matched_filter_snr(x, torch.ones(6)), "no longer than the data"),
        (lambda: matched_filter_snr(x, torch.zeros(2)), "a template that is not 0"),
        (lambda: matched_filter_snr(x, torch.ones(2), noise_std=0.0), "noise_std > 0"),
        (lambda: box_least_squares(t, x[:4], [2.0], [0.5]), "3 pairs of time and flux"),
        (lambda: box_least_squares(t[:2], x[:2], [2.0], [0.5]), "3 pairs of time and flux"),
        (lambda: box_least_squares(t, x, [], [0.5]), "expected periods"),
        (lambda: box_least_squares(t, x, [2.0], [2.0]), "durations between 0"),
        (lambda: box_least_squares(t, x, [2.0], [0.0]), "durations between 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

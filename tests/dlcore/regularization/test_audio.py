"""Changed sounds: pitch by the peak of the spectrum, time by bursts, noise by its power."""

import math

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.regularization import add_noise_snr, pitch_shift, spec_augment, time_stretch
from dlcore.regularization.audio import _resample
from tests.parity import assert_close

RATE = 8000


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def tone(frequency, seconds=1.0):
    t = torch.arange(round(seconds * RATE), dtype=torch.float64) / RATE
    return torch.sin(2 * math.pi * frequency * t)


def peak(sound):
    """The strongest frequency in Hz, between the lines of the spectrum by a parabola."""
    power = np.log(np.abs(np.fft.rfft(sound.numpy() * np.hanning(len(sound)))) + 1e-12)
    k = int(power[1:-1].argmax()) + 1
    left, middle, right = power[k - 1 : k + 2]
    return (k + 0.5 * (left - right) / (left - 2 * middle + right)) * RATE / len(sound)


@pytest.mark.reference("numpy.fft.rfft", of="dlcore.regularization.time_stretch")
@pytest.mark.parametrize("rate", [0.7, 1.3, 2.0])
def test_stretching_keeps_the_pitch_and_changes_the_duration(rate):
    for frequency in (440.0, 1234.5):
        stretched = time_stretch(tone(frequency), rate)
        assert len(stretched) == round(RATE / rate)
        assert abs(peak(stretched) - frequency) < 1.0
        middle = stretched[2000:-2000] if rate < 2 else stretched[1500:-1500]
        assert 0.3 < middle.square().mean() < 0.51


def test_a_sound_at_its_own_rate_is_itself():
    sound = torch.randn(2, 3, 4999, generator=seeded(), dtype=torch.float64)
    assert_close(time_stretch(sound, 1.0, n_fft=256), sound, atol=1e-9)


def test_what_happens_happens_at_another_time():
    sound = torch.zeros(RATE, dtype=torch.float64)
    for start in (1000, 5000):
        sound[start : start + 400] = tone(1000.0)[:400]
    for rate in (0.5, 1.25):
        loud = time_stretch(sound, rate, n_fft=256).abs() > 0.3
        first, last = loud.nonzero().flatten()[[0, -1]].tolist()
        assert abs(first - 1000 / rate) < 200
        assert abs(last - 5400 / rate) < 200


@pytest.mark.reference("numpy.fft.rfft", of="dlcore.regularization.pitch_shift")
@pytest.mark.parametrize("semitones", [-12, -5, 3.5, 12])
def test_a_shift_multiplies_frequencies_and_keeps_the_duration(semitones):
    shifted = pitch_shift(tone(500.0), semitones)
    assert len(shifted) == RATE
    assert peak(shifted) == pytest.approx(500 * 2 ** (semitones / 12), rel=3e-3)
    assert 0.3 < shifted[2000:-2000].square().mean() < 0.51


def test_a_batch_is_each_sound_for_itself():
    sounds = torch.stack([tone(300.0), tone(700.0)])[:, None]
    for f in (lambda x: time_stretch(x, 1.5), lambda x: pitch_shift(x, 2)):
        assert_close(f(sounds), torch.stack([f(sounds[0]), f(sounds[1])]), atol=1e-9)
        assert f(sounds.float()).dtype == torch.float32


@pytest.mark.parametrize("length", [50, 100, 101, 173])
@pytest.mark.parametrize("original", [100, 101])
def test_resampling_is_that_of_scipy(original, length):
    smooth = scipy.signal.resample(np.random.default_rng(0).normal(size=20), original)
    expected = scipy.signal.resample(smooth, length)
    assert_close(_resample(torch.from_numpy(smooth), length), expected, atol=1e-9)


@pytest.mark.reference("numpy.var", of="dlcore.regularization.add_noise_snr")
@given(st.floats(-20, 40), st.integers(0, 99))
def test_the_ratio_of_powers_is_what_was_asked_for(snr, seed):
    signal, noise = torch.randn(2, 3, 101, generator=seeded(seed), dtype=torch.float64)
    noisy = add_noise_snr(signal, noise, snr)
    power, added = (np.mean(x.numpy() ** 2, axis=-1) for x in (signal, noisy - signal))
    np.testing.assert_allclose(10 * np.log10(power / added), snr, atol=1e-6)
    cosine = torch.nn.functional.cosine_similarity(noisy - signal, noise)
    assert_close(cosine, torch.ones(3), rtol=1e-6)


def test_one_noise_serves_many_signals_and_silence_stays_silent():
    signals = torch.stack([tone(200.0), torch.zeros(RATE).double(), 3 * tone(200.0)])
    noise = torch.randn(RATE, generator=seeded(), dtype=torch.float64)
    added = add_noise_snr(signals, noise, 10.0) - signals
    assert not added[1].any()
    assert_close(added[2], 3 * added[0])


@pytest.mark.reference("counts of bands", of="dlcore.regularization.spec_augment")
def test_bands_and_stretches_of_any_width_up_to_the_widest():
    n, f, t = 3001, 11, 13
    kept = spec_augment(torch.ones(n, f, t), frequency_width=3, time_width=5, generator=seeded())
    no_band, no_stretch = kept.any(dim=2), kept.any(dim=1)
    assert torch.equal(kept.bool(), no_band[:, :, None] & no_stretch[:, None, :])
    for rows, width in ((no_band, 3), (no_stretch, 5)):
        gone = (~rows).double()
        steps = (torch.diff(gone, dim=1, prepend=torch.zeros(n, 1), append=torch.zeros(n, 1))).abs()
        assert (steps.sum(dim=1) <= 2).all()
        counts = torch.bincount(gone.sum(dim=1).long())
        assert len(counts) == width + 1
        assert scipy.stats.chisquare(counts.numpy()).pvalue > 1e-3
        assert gone.any(dim=0).all()


def test_several_masks_and_none():
    spectrograms = torch.ones(2, 3, 20, 30)
    nothing = spec_augment(
        spectrograms, frequency_width=5, time_width=5, frequency_masks=0, time_masks=0
    )
    assert torch.equal(nothing, spectrograms)
    kept = spec_augment(
        spectrograms, frequency_width=0, time_width=4, time_masks=3, generator=seeded()
    )
    gone = (kept == 0).any(dim=-2).sum(dim=-1)
    assert gone.max() > 4
    assert gone.max() <= 12
    assert len(gone.unique()) > 1
    one = spec_augment(torch.ones(5, 7), frequency_width=5, time_width=7, generator=seeded(1))
    assert one.shape == (5, 7)
    again = spec_augment(
        spectrograms, frequency_width=0, time_width=4, time_masks=3, generator=seeded()
    )
    assert torch.equal(kept, again)


@pytest.mark.bad_input
def test_bad_input():
    sound = torch.zeros(100)
    with pytest.raises(ValueError, match="rate must be positive, got 0"):
        time_stretch(sound, 0)
    with pytest.raises(ValueError, match="a hop between 1 and n_fft / 2, got 16 and 9"):
        time_stretch(sound, 2.0, n_fft=16, hop=9)
    with pytest.raises(ValueError, match=r"no samples in shape \(2, 0\)"):
        time_stretch(torch.zeros(2, 0), 2.0)
    with pytest.raises(TypeError, match=r"pitch_shift needs .* got torch\.int64"):
        pitch_shift(torch.arange(100), 1)
    with pytest.raises(ValueError, match="semitones must be finite, got nan"):
        pitch_shift(sound, math.nan)
    with pytest.raises(ValueError, match="the noise is silent"):
        add_noise_snr(sound, sound, 3)
    for noise in (torch.ones(1), torch.ones(2, 100), torch.ones(99)):
        with pytest.raises(ValueError, match="does not fit a signal of shape"):
            add_noise_snr(sound, noise, 3)
    with pytest.raises(ValueError, match=r"between 0 and \(4, 5\), got \(5, 5\)"):
        spec_augment(torch.zeros(4, 5), frequency_width=5, time_width=5)
    with pytest.raises(ValueError, match="can't be fewer than 0, got -1 and 1"):
        spec_augment(torch.zeros(4, 5), frequency_width=1, time_width=1, frequency_masks=-1)
    with pytest.raises(ValueError, match=r"needs shape \(\.\.\., f, t\)"):
        spec_augment(torch.zeros(4), frequency_width=1, time_width=1)

"""Mel features against a second way through SciPy and NumPy."""

import numpy as np
import pytest
import scipy.fft
import scipy.signal
import torch

from dlcore.applications import (
    dct,
    hz_to_mel,
    log_mel_spectrogram,
    mel_filterbank,
    mel_to_hz,
    mfcc,
)
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("closed form", of="dlcore.applications.hz_to_mel")
@pytest.mark.reference("closed form", of="dlcore.applications.mel_to_hz")
def test_the_mel_scale():
    assert round(hz_to_mel(1000.0), 1) == 1000.0
    assert round(hz_to_mel(8000.0)) == 2840
    f = torch.tensor([0.0, 70.0, 6300.0], dtype=torch.float64)
    assert_close(hz_to_mel(f), 2595 * np.log10([1, 1.1, 10]))
    assert_close(mel_to_hz(hz_to_mel(f)), f)
    assert_close(mel_to_hz(2595.0), 6300.0)


def triangles(n_mels, n_fft, rate, low, high):
    """The bank by interpolation between the three corners of each triangle."""
    mel = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), n_mels + 2)
    corners = 700 * (10 ** (mel / 2595) - 1)
    f = np.arange(n_fft // 2 + 1) * rate / n_fft
    return np.stack([np.interp(f, corners[i : i + 3], [0, 1, 0]) for i in range(n_mels)])


@pytest.mark.reference("numpy.interp", of="dlcore.applications.mel_filterbank")
def test_the_filter_bank():
    assert_close(mel_filterbank(20, 256, 8000), triangles(20, 256, 8000, 0, 4000), atol=1e-6)
    some = mel_filterbank(7, 501, 16_000, f_min=300.0, f_max=3000.0)
    assert_close(some, triangles(7, 501, 16_000, 300, 3000), atol=1e-6)
    inside = mel_filterbank(20, 1024, 8000).sum(0)[30:450]
    assert_close(inside, torch.ones_like(inside), atol=1e-5)


@pytest.mark.reference("scipy.fft.dct", of="dlcore.applications.dct")
def test_the_cosine_transform(generator):
    x = torch.randn(2, 3, 11, generator=generator, dtype=torch.float64)
    assert_close(dct(x), scipy.fft.dct(x.numpy(), norm="ortho"))
    basis = torch.from_numpy(scipy.fft.dct(np.eye(11), norm="ortho"))
    assert_parity(dct, lambda x: x @ basis.to(x), x)


@pytest.mark.reference("scipy.signal.stft", of="dlcore.applications.log_mel_spectrogram")
@pytest.mark.reference("scipy.fft.dct", of="dlcore.applications.mfcc")
def test_features_step_by_step_in_scipy(generator):
    x = torch.randn(2, 900, generator=generator, dtype=torch.float64)
    padded = np.pad(x.numpy(), ((0, 0), (64, 64)), mode="reflect")
    *_, S = scipy.signal.stft(padded, nperseg=128, noverlap=88, boundary=None, padded=False)
    power = np.abs(S * torch.hann_window(128).sum().item()) ** 2
    bands = np.einsum("mf,bft->bmt", triangles(15, 128, 8000, 0, 4000), power)
    logs = np.log(np.maximum(bands, 1.0))
    settings = {"n_mels": 15, "n_fft": 128, "hop_length": 40, "floor": 1.0}
    assert_close(log_mel_spectrogram(x, 8000, **settings), logs, rtol=1e-5, atol=1e-5)
    coefficients = scipy.fft.dct(logs, axis=1, norm="ortho")[:, :9]
    assert_close(mfcc(x, 8000, n_mfcc=9, **settings), coefficients, rtol=1e-5, atol=1e-5)
    assert log_mel_spectrogram(x, 8000, n_fft=400, hop_length=80, center=False).shape == (2, 40, 7)


def test_louder_changes_the_first_coefficient_only(generator):
    x = torch.randn(2000, generator=generator, dtype=torch.float64)
    change = mfcc(10 * x, 8000, floor=1e-12) - mfcc(x, 8000, floor=1e-12)
    assert_close(change[1:], torch.zeros_like(change[1:]), atol=1e-6)
    assert_close(change[0], torch.full_like(change[0], np.sqrt(40) * np.log(100)), rtol=1e-6)


@pytest.mark.bad_input
def test_what_does_not_fit():
    x = torch.zeros(1000)
    for call, message in (
        (lambda: mel_filterbank(0, 256, 8000), "n_mels >= 1"),
        (lambda: mel_filterbank(5, 1, 8000), "n_fft >= 2"),
        (lambda: mel_filterbank(5, 256, 8000, f_min=-1.0), "0 <= f_min"),
        (lambda: mel_filterbank(5, 256, 8000, f_max=4001.0), "<= sample_rate / 2"),
        (lambda: log_mel_spectrogram(x, 8000, floor=0.0), "floor must be positive"),
        (lambda: mfcc(x, 8000, n_mfcc=41), "between 1 and n_mels = 40"),
        (lambda: mfcc(x, 8000, n_mfcc=0), "between 1 and n_mels = 40"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

"""Spectrograms against torch's, SciPy's, and the sounds they came from."""

import numpy as np
import pytest
import scipy.signal
import torch

from dlcore.applications import (
    griffin_lim,
    istft,
    log_mel_spectrogram,
    mel_filterbank,
    mel_to_magnitude,
    spectral_convergence,
    stft,
)
from tests.parity import assert_close


def sound(generator, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


@pytest.mark.reference("torch.stft", of="dlcore.applications.stft")
@pytest.mark.parametrize(("n_fft", "hop"), [(64, 16), (50, 23), (31, None)])
@pytest.mark.parametrize("center", [True, False])
def test_stft_of_torch(generator, n_fft, hop, center):
    x = sound(generator, 2, 3, 311)
    for window in (None, torch.rand(n_fft, generator=generator, dtype=torch.float64)):
        ours = stft(x, n_fft, hop, window=window, center=center)
        hann = torch.hann_window(n_fft, dtype=torch.float64)
        theirs = torch.stft(
            x.reshape(6, -1),
            n_fft,
            hop,
            window=hann if window is None else window,
            center=center,
            return_complex=True,
        )
        assert_close(ours, theirs.reshape(ours.shape))


@pytest.mark.reference("scipy.signal.stft", of="dlcore.applications.stft")
def test_stft_of_scipy(generator):
    x = sound(generator, 400)
    *_, theirs = scipy.signal.stft(x.numpy(), nperseg=40, noverlap=30, boundary=None, padded=False)
    assert_close(
        stft(x, 40, 10, center=False) / torch.hann_window(40, dtype=torch.float64).sum(), theirs
    )


def test_frames_of_a_second_and_the_frequency_of_a_row():
    second = torch.zeros(16_000)
    assert stft(second, 400, 160, center=False).shape == (201, 98)
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(8000) / 8000)
    assert stft(tone, 256, 128).abs().mean(-1).argmax() * 8000 / 256 == 1000


@pytest.mark.reference("torch.istft", of="dlcore.applications.istft")
def test_istft_of_torch_and_back(generator):
    x = sound(generator, 2, 500)
    window = torch.hann_window(64, dtype=torch.float64)
    for hop, length in ((16, 500), (32, None), (10, 470)):
        S = stft(x, 64, hop)
        theirs = torch.istft(S, 64, hop, window=window, length=length)
        assert_close(istft(S, hop, length=length), theirs)
        assert_close(theirs, x[:, : theirs.shape[1]])
    changed = S * (1 + sound(generator, *S.shape))
    assert_close(istft(changed, 10), torch.istft(changed, 64, 10, window=window))


def test_gradients_reach_the_sound(generator):
    x = sound(generator, 40).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: stft(x, 12, 5).abs().square(), x)
    assert torch.autograd.gradcheck(lambda x: istft(stft(x, 12, 5) ** 2), x)


@pytest.mark.reference("scipy.signal.stft", of="dlcore.applications.griffin_lim")
@pytest.mark.reference("numpy.linalg.norm", of="dlcore.applications.spectral_convergence")
def test_griffin_lim_finds_a_sound_with_the_wanted_magnitudes(generator):
    x = torch.sin(torch.arange(1500) / 3).double()
    wanted = stft(x, 128).abs()
    errors = {}
    for rounds, momentum in ((0, 0.0), (4, 0.0), (32, 0.0), (32, 0.9)):
        seeded = torch.Generator().manual_seed(1)
        found = griffin_lim(wanted, iterations=rounds, momentum=momentum, generator=seeded)
        padded = np.pad(found.numpy(), 64, mode="reflect")
        *_, S = scipy.signal.stft(padded, nperseg=128, noverlap=96, boundary=None, padded=False)
        scale = torch.hann_window(128).sum().item()
        error = np.linalg.norm(scale * np.abs(S) - wanted.numpy()) / np.linalg.norm(wanted)
        assert_close(spectral_convergence(found, wanted), error, rtol=1e-6)
        errors[rounds, momentum] = error
    assert errors[0, 0] > 0.5
    assert errors[4, 0] < 0.8 * errors[0, 0]
    assert errors[32, 0] < 0.8 * errors[4, 0]
    assert errors[32, 0.9] < errors[32, 0]
    assert griffin_lim(wanted, iterations=1, length=1480).shape == (1480,)


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.applications.mel_to_magnitude")
def test_the_smallest_spectrogram_with_these_bands(generator):
    x = sound(generator, 900)
    logs = log_mel_spectrogram(x, 8000, n_mels=20, n_fft=128)
    bank = mel_filterbank(20, 128, 8000).double().numpy()
    power, *_ = np.linalg.lstsq(bank, logs.exp().numpy(), rcond=1e-12)
    found = mel_to_magnitude(logs, 128, 8000)
    assert_close(found**2, np.maximum(power, 0.0), rtol=1e-6, atol=1e-6)
    bands = torch.from_numpy(bank) @ found**2
    assert (bands.log() - logs).abs().mean() < 0.2


@pytest.mark.bad_input
def test_what_does_not_fit():
    x, S = torch.zeros(100), torch.zeros(33, 10, dtype=torch.complex64)
    for call, message in (
        (lambda: stft(x, 64, 0), "a hop of 1 to n_fft"),
        (lambda: stft(x, 64, 65), "a hop of 1 to n_fft"),
        (lambda: stft(x, 1), "n_fft >= 2"),
        (lambda: stft(x, 64, window=torch.ones(3)), "n_fft = 64 values"),
        (lambda: stft(x, 200), "100 samples are too few"),
        (lambda: stft(x, 101, center=False), "100 samples are too few"),
        (lambda: istft(S, 16, length=177), "cover 176 samples, 177 are wanted"),
        (lambda: istft(S, 64), "leave samples without weight"),
        (lambda: griffin_lim(-torch.ones(33, 10)), "magnitudes"),
        (lambda: griffin_lim(S.real, iterations=-1), "iterations"),
        (lambda: griffin_lim(S.real, momentum=1.0), "momentum"),
        (lambda: griffin_lim(S.real, length=100), "has not 10 frames"),
        (lambda: spectral_convergence(x, S.real), r"\(33, 10\) wanted"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

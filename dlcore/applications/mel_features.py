"""What speech recognizers hear: frequencies as ears space them, their logarithms, cepstra."""

import math
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.applications.spectrograms import stft

Number = TypeVar("Number", float, Tensor)


def hz_to_mel(frequency: Number) -> Number:
    r"""Pitch as heard: $2595 \log_{10}(1 + f / 700)$, linear below 1 kHz, logarithmic above.

    Args:
        frequency: in Hz, a number or tensor.

    Returns:
        In mel; 1000 Hz are 1000 mel.

    Equation: :eq:`eq-mel-scale`.
    Section: :ref:`sec-speech-recognition`.

    Source: O'Shaughnessy (1987), Speech communication: human and machine, Addison-Wesley.

    Example:
        >>> round(hz_to_mel(8000.0))
        2840

    In production: torchaudio.functional.melscale_fbanks computes it inside.
    """
    ratio = 1 + frequency / 700
    return 2595 * (ratio.log10() if isinstance(ratio, Tensor) else math.log10(ratio))


def mel_to_hz(mel: Number) -> Number:
    r"""The frequency that is heard at this pitch, $700 (10^{m / 2595} - 1)$.

    Args:
        mel: a number or tensor.

    Returns:
        In Hz.

    Equation: :eq:`eq-mel-scale`.
    Section: :ref:`sec-speech-recognition`.

    Source: O'Shaughnessy (1987), Speech communication: human and machine, Addison-Wesley.

    Example:
        >>> round(mel_to_hz(hz_to_mel(440.0)), 6)
        440.0

    In production: torchaudio.functional.melscale_fbanks computes it inside.
    """
    return 700 * (10 ** (mel / 2595) - 1)


def mel_filterbank(
    n_mels: int,
    n_fft: int,
    sample_rate: float,
    *,
    f_min: float = 0.0,
    f_max: float | None = None,
) -> Float[Tensor, "n_mels f"]:
    """Triangles over frequency, equally far apart in mel: each rises from its neighbour's peak.

    Args:
        n_mels: number of triangles.
        n_fft: samples in a window of the spectrogram.
        sample_rate: in Hz.
        f_min: where the first begins, in Hz.
        f_max: where the last ends; default half the sample rate.

    Returns:
        Weights of height 1, shape (n_mels, n_fft // 2 + 1), float32. A triangle narrower than the
        spacing of the frequencies may be 0 everywhere.

    Raises:
        ValueError: no triangle, or not 0 <= f_min < f_max <= sample_rate / 2.

    Equation: :eq:`eq-mel-scale`.
    Section: :ref:`sec-speech-recognition`.

    Source: Davis, Mermelstein (1980), Comparison of parametric representations for monosyllabic
        word recognition in continuously spoken sentences, doi:10.1109/TASSP.1980.1163420.

    Example:
        >>> mel_filterbank(20, 256, 8000).shape
        torch.Size([20, 129])

    In production: torchaudio.functional.melscale_fbanks, librosa.filters.mel(htk=True).
    """
    top = sample_rate / 2 if f_max is None else f_max
    if n_mels < 1 or n_fft < 2 or not 0 <= f_min < top <= sample_rate / 2:
        raise ValueError(
            "expected n_mels >= 1, n_fft >= 2 and 0 <= f_min < f_max <= sample_rate / 2, got "
            f"{n_mels}, {n_fft}, {f_min}, {top}, {sample_rate}"
        )
    ends = torch.linspace(hz_to_mel(f_min), hz_to_mel(top), n_mels + 2, dtype=torch.float64)
    low, peak, high = mel_to_hz(ends).unfold(0, 3, 1)[..., None].unbind(1)
    frequencies = torch.arange(n_fft // 2 + 1, dtype=torch.float64) * sample_rate / n_fft
    rising = (frequencies - low) / (peak - low)
    falling = (high - frequencies) / (high - peak)
    return torch.minimum(rising, falling).clamp(min=0).float()


def log_mel_spectrogram(
    x: Float[Tensor, "*batch t"],
    sample_rate: float,
    *,
    n_mels: int = 40,
    n_fft: int = 256,
    hop_length: int | None = None,
    center: bool = True,
    floor: float = 1e-6,
) -> Float[Tensor, "*batch n_mels frames"]:
    """How loud each band of the mel scale is over time: the log of the power in each triangle.

    Args:
        x: samples, shape (..., t).
        sample_rate: in Hz.
        n_mels: number of bands.
        n_fft: samples in a window.
        hop_length: samples from window to window; default n_fft // 4.
        center: as in `stft`.
        floor: power below it counts as this much, so that silence has a logarithm.

    Returns:
        Natural logarithms, shape (..., n_mels, frames).

    Raises:
        ValueError: as in `stft` and `mel_filterbank`, or a floor that is not positive.

    Equation: :eq:`eq-mel-scale`.
    Section: :ref:`sec-speech-recognition`.

    Source: Davis, Mermelstein (1980), Comparison of parametric representations for monosyllabic
        word recognition in continuously spoken sentences, doi:10.1109/TASSP.1980.1163420.

    Example:
        >>> log_mel_spectrogram(torch.zeros(3, 8000), 8000, n_mels=20).shape
        torch.Size([3, 20, 126])

    In production: torchaudio.transforms.MelSpectrogram.
    """
    if floor <= 0:
        raise ValueError(f"the floor must be positive, got {floor}")
    power = stft(x, n_fft, hop_length, center=center).abs() ** 2
    bands = mel_filterbank(n_mels, n_fft, sample_rate).to(power) @ power
    return bands.clamp(min=floor).log()


def dct(x: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
    r"""The discrete cosine transform, $\sqrt{2/n} \sum_i x_i \cos(\pi k (i + \frac12) / n)$.

    Of type II and orthonormal: the first coefficient is also divided by the root of 2, so that
    lengths and angles stay.

    Args:
        x: shape (..., n); transformed along the last axis.

    Returns:
        Coefficients from slow to fast, shape (..., n).

    Equation: :eq:`eq-mfcc`.
    Section: :ref:`sec-speech-recognition`.

    Source: Ahmed, Natarajan, Rao (1974), Discrete cosine transform, doi:10.1109/T-C.1974.223784.

    Example:
        >>> dct(torch.ones(4)).abs().round(decimals=4)
        tensor([2., 0., 0., 0.])

    In production: scipy.fft.dct(norm="ortho").
    """
    n = x.shape[-1]
    i = torch.arange(n, dtype=torch.float64, device=x.device)
    basis = torch.cos(math.pi / n * i[:, None] * (i + 0.5)) * math.sqrt(2 / n)
    basis[0] /= math.sqrt(2)
    return x @ basis.T.to(x)


def mfcc(
    x: Float[Tensor, "*batch t"],
    sample_rate: float,
    *,
    n_mfcc: int = 13,
    n_mels: int = 40,
    n_fft: int = 256,
    hop_length: int | None = None,
    center: bool = True,
    floor: float = 1e-6,
) -> Float[Tensor, "*batch n_mfcc frames"]:
    """Mel-frequency cepstral coefficients: the slow part of the log spectrum's shape, few numbers.

    A cosine transform over the bands separates what changes slowly with frequency (the shape of the
    mouth) from what changes fast (the harmonics of the voice); the first coefficients keep the slow
    part.

    Args:
        x: samples, shape (..., t).
        sample_rate: in Hz.
        n_mfcc: coefficients kept.
        n_mels: as in `log_mel_spectrogram`, like all that follow.
        n_fft: samples in a window.
        hop_length: samples from window to window; default n_fft // 4.
        center: as in `stft`.
        floor: smallest power.

    Returns:
        Shape (..., n_mfcc, frames); the first row is loudness.

    Raises:
        ValueError: as in `log_mel_spectrogram`, or n_mfcc outside 1..n_mels.

    Equation: :eq:`eq-mfcc`.
    Section: :ref:`sec-speech-recognition`.

    Source: Davis, Mermelstein (1980), Comparison of parametric representations for monosyllabic
        word recognition in continuously spoken sentences, doi:10.1109/TASSP.1980.1163420.

    Example:
        >>> mfcc(torch.zeros(8000), 8000).shape
        torch.Size([13, 126])

    In production: torchaudio.transforms.MFCC, librosa.feature.mfcc.
    """
    if not 1 <= n_mfcc <= n_mels:
        raise ValueError(f"n_mfcc must be between 1 and n_mels = {n_mels}, got {n_mfcc}")
    bands = log_mel_spectrogram(
        x,
        sample_rate,
        n_mels=n_mels,
        n_fft=n_fft,
        hop_length=hop_length,
        center=center,
        floor=floor,
    )
    return dct(bands.mT)[..., :n_mfcc].mT

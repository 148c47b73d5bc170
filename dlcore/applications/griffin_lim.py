"""A sound for a spectrogram that has lost its phases, or all but its mel bands."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.applications.mel_features import mel_filterbank
from dlcore.applications.spectrograms import istft, stft


def spectral_convergence(
    x: Float[Tensor, "*batch t"],
    magnitude: Float[Tensor, "*batch f frames"],
    hop_length: int | None = None,
) -> float:
    r"""How far a sound's spectrogram is from the wanted one, as a share of it.

    Args:
        x: samples, shape (..., t).
        magnitude: wanted, shape (..., n_fft // 2 + 1, frames).
        hop_length: as in `stft`.

    Returns:
        The Frobenius norm of the difference over that of `magnitude`; 0 for a perfect fit.

    Raises:
        ValueError: the sound has another number of frames.

    Equation: :eq:`eq-griffin-lim`.
    Section: :ref:`sec-speech-synthesis`.

    Source: Sturmel, Daudet (2011), Signal reconstruction from STFT magnitude: a state of the art,
        DAFx.

    Example:
        >>> x = torch.randn(512, generator=torch.Generator().manual_seed(0))
        >>> spectral_convergence(x, stft(x, 64).abs())
        0.0

    In production: auraloss.freq.SpectralConvergenceLoss.
    """
    found = stft(x, 2 * (magnitude.shape[-2] - 1), hop_length).abs()
    if found.shape != magnitude.shape:
        raise ValueError(f"{tuple(found.shape)} found, {tuple(magnitude.shape)} wanted")
    return float((found - magnitude).norm() / magnitude.norm())


def mel_to_magnitude(
    log_mel: Float[Tensor, "*batch n_mels frames"], n_fft: int, sample_rate: float
) -> Float[Tensor, "*batch f frames"]:
    """A spectrogram whose mel bands are as wanted: what a vocoder needs of a synthesizer's output.

    Bands are fewer than frequencies, so many spectrograms have them; this is the least squares
    solution of smallest norm, cut at 0.

    Args:
        log_mel: logarithms of the power in each band, as `log_mel_spectrogram` gives them, shape
            (..., n_mels, frames).
        n_fft: samples in a window of the spectrogram.
        sample_rate: in Hz.

    Returns:
        Magnitudes, shape (..., n_fft // 2 + 1, frames), for `griffin_lim`.

    Raises:
        ValueError: as `mel_filterbank`.

    Equation: :eq:`eq-griffin-lim`.
    Section: :ref:`sec-speech-synthesis`.

    Source: Shen et al. (2018), Natural TTS synthesis by conditioning WaveNet on mel spectrogram
        predictions, arXiv:1712.05884, has a network for it.

    Example:
        >>> mel_to_magnitude(torch.zeros(40, 9), 256, 8000).shape
        torch.Size([129, 9])

    In production: torchaudio.transforms.InverseMelScale, or a neural vocoder.
    """
    bank = mel_filterbank(log_mel.shape[-2], n_fft, sample_rate).double()
    power = torch.linalg.pinv(bank).to(log_mel) @ log_mel.exp()
    return power.clamp(min=0).sqrt()


def griffin_lim(
    magnitude: Float[Tensor, "*batch f frames"],
    *,
    hop_length: int | None = None,
    iterations: int = 32,
    momentum: float = 0.0,
    length: int | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*batch t"]:
    r"""Find phases by going back and forth: to the nearest sound, and to the wanted magnitudes.

    From random phases. Each round takes the sound nearest to the present spectrogram, keeps its
    phases and puts the wanted magnitudes back. Without momentum the distance between the two falls
    from round to round, but for what the mirrored ends do.

    Args:
        magnitude: shape (..., n_fft // 2 + 1, frames), not negative.
        hop_length: as in `stft`; windows are Hann's.
        iterations: rounds.
        momentum: how much of the last change is added to the next, from 0 up to 1; 0.99 is fast.
        length: samples wanted; default (frames - 1) hop_length.
        generator: source of the first phases.

    Returns:
        Samples, shape (..., length).

    Raises:
        ValueError: negative magnitudes or iterations, a momentum outside [0, 1), or as in `istft`.

    Equation: :eq:`eq-griffin-lim`.
    Section: :ref:`sec-speech-synthesis`.

    Source: Griffin, Lim (1984), Signal estimation from modified short-time Fourier transform,
        doi:10.1109/TASSP.1984.1164317; momentum: Perraudin, Balazs, Søndergaard (2013), A fast
        Griffin-Lim algorithm, doi:10.1109/WASPAA.2013.6701851.

    Example:
        >>> x = torch.sin(torch.arange(2000) / 3)
        >>> wanted = stft(x, 128).abs()
        >>> found = griffin_lim(wanted, generator=torch.Generator().manual_seed(0))
        >>> spectral_convergence(found, wanted) < 0.3
        True

    In production: torchaudio.transforms.GriffinLim, or a neural vocoder such as HiFi-GAN.
    """
    if iterations < 0 or not 0 <= momentum < 1 or bool((magnitude < 0).any()):
        raise ValueError(
            "expected magnitudes and iterations of at least 0 and a momentum in [0, 1), got "
            f"{float(magnitude.min())}, {iterations}, {momentum}"
        )
    n_fft = 2 * (magnitude.shape[-2] - 1)
    source = generator.device if generator else magnitude.device
    turns = torch.rand(magnitude.shape, generator=generator, dtype=magnitude.dtype, device=source)
    spectrum = torch.polar(magnitude, 2 * torch.pi * turns.to(magnitude.device))
    before = torch.zeros_like(spectrum)
    for _ in range(iterations):
        consistent = stft(istft(spectrum, hop_length, length=length), n_fft, hop_length)
        if consistent.shape != magnitude.shape:
            raise ValueError(f"a sound of {length} samples has not {magnitude.shape[-1]} frames")
        target = consistent + momentum * (consistent - before)
        spectrum = torch.polar(magnitude, target.angle())
        before = consistent
    return istft(spectrum, hop_length, length=length)

"""Sounds changed: slower, higher, noisier, and spectrograms with gaps."""

import math

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from dlcore.regularization.draws import integers_below


def time_stretch(
    waveform: Float[Tensor, "*batch t"], rate: float, *, n_fft: int = 1024, hop: int | None = None
) -> Float[Tensor, "*batch stretched"]:
    """The same sound faster or slower at the same pitch, by a phase vocoder.

    The spectrogram is read at another speed. So that the pieces fit together, the phase of each
    frequency goes on by what it went on between the two nearest frames of the original. Phases of
    neighbouring frequencies drift apart: the sound gets softer, and blurred where it sets in.

    Args:
        waveform: shape (..., t).
        rate: positive; 2 plays twice as fast.
        n_fft: samples in a window of the spectrogram; longer ones resolve pitch better, shorter
            ones time.
        hop: samples between windows; default n_fft / 4.

    Returns:
        Shape (..., round(t / rate)).

    Raises:
        ValueError: rate is not positive, n_fft < 4, a hop outside 1..n_fft / 2, or no samples.
        TypeError: waveform is no floating-point tensor.

    Section: :ref:`sec-audio-augmentation`
    Source: Flanagan, Golden (1966), Phase vocoder, doi:10.1002/j.1538-7305.1966.tb01706.x.

    Example:
        >>> time_stretch(torch.randn(16000), rate=2.0).shape
        torch.Size([8000])

    In production: torchaudio.transforms.TimeStretch, librosa.effects.time_stretch.
    """
    hop = _check_sound("time_stretch", waveform, n_fft, hop)
    if not 0 < rate < math.inf:
        raise ValueError(f"time_stretch: rate must be positive, got {rate}")
    length = max(1, round(waveform.shape[-1] / rate))
    sounds = waveform.reshape(-1, waveform.shape[-1])
    window = torch.hann_window(n_fft, dtype=waveform.dtype, device=waveform.device)
    followed = torch.nn.functional.pad(sounds, (0, n_fft))
    spectrum = torch.stft(
        followed, n_fft, hop, window=window, pad_mode="constant", return_complex=True
    )
    frames = 1 + math.ceil(length / hop)
    stretched = _phase_vocoder(spectrum, rate, frames)
    sound = torch.istft(stretched, n_fft, hop, window=window, length=length)
    return sound.reshape(*waveform.shape[:-1], length)


def _phase_vocoder(
    spectrum: Complex[Tensor, "n f t"], rate: float, frames: int
) -> Complex[Tensor, "n f frames"]:
    """The spectrum's frames at times 0, rate, 2 rate, …, with phases that go on evenly."""
    times = rate * torch.arange(frames, dtype=torch.float64, device=spectrum.device)
    before = times.long()
    between = (times - before).to(spectrum.real.dtype)
    missing = int(before[-1]) + 2 - spectrum.shape[-1]
    spectrum = torch.nn.functional.pad(spectrum, (0, max(0, missing)))
    left, right = spectrum[..., before], spectrum[..., before + 1]
    size = (1 - between) * left.abs() + between * right.abs()
    advance = right.angle() - left.angle()
    phase = left.angle()[..., :1] + torch.cumsum(advance, dim=-1) - advance
    return torch.polar(size, phase)


def pitch_shift(
    waveform: Float[Tensor, "*batch t"],
    semitones: float,
    *,
    n_fft: int = 1024,
    hop: int | None = None,
) -> Float[Tensor, "*batch t"]:
    r"""The same sound higher or lower for the same time: stretched, then resampled.

    Args:
        waveform: shape (..., t).
        semitones: s, upwards; frequencies are multiplied by $2^{s/12}$, those that would pass half
            the sampling rate are lost.
        n_fft: as in `time_stretch`.
        hop: as in `time_stretch`.

    Returns:
        Waveforms of the same shape.

    Raises:
        ValueError: semitones is not finite, or as in `time_stretch`.
        TypeError: waveform is no floating-point tensor.

    Section: :ref:`sec-audio-augmentation`
    Source: Laroche, Dolson (1999), New phase-vocoder techniques for pitch-shifting, harmonizing and
        other exotic effects, doi:10.1109/ASPAA.1999.810857.

    Example:
        >>> pitch_shift(torch.randn(16000), semitones=3).shape
        torch.Size([16000])

    In production: torchaudio.functional.pitch_shift, librosa.effects.pitch_shift.
    """
    if not math.isfinite(semitones):
        raise ValueError(f"pitch_shift: semitones must be finite, got {semitones}")
    _check_sound("pitch_shift", waveform, n_fft, hop)
    stretched = time_stretch(waveform, 2 ** (-semitones / 12), n_fft=n_fft, hop=hop)
    return _resample(stretched, waveform.shape[-1])


def _resample(waveform: Tensor, length: int) -> Tensor:
    """As many samples of the same trigonometric polynomial; what is too high for them goes."""
    spectrum = torch.fft.rfft(waveform)
    resampled = torch.fft.irfft(spectrum[..., : length // 2 + 1], n=length)
    return resampled * (length / waveform.shape[-1])


def add_noise_snr(
    signal: Float[Tensor, "*batch t"], noise: Float[Tensor, "..."], snr_db: float
) -> Float[Tensor, "*batch t"]:
    r"""Background noise added, scaled to a given ratio of the powers of signal and noise.

    Args:
        signal: shape (..., t).
        noise: of the same shape, or one that broadcasts to it with the same t.
        snr_db: the ratio in decibels, $10\log_{10}(P_x/P_n)$; power is the mean square over time.

    Returns:
        Noisy signals of the same shape; a silent signal gets no noise.

    Raises:
        ValueError: shapes that do not fit, or noise that is silent.
        TypeError: signal or noise are no floating-point tensors.

    Equation: :eq:`eq-noise-snr`
    Section: :ref:`sec-audio-augmentation`
    Source: Ko et al. (2017), A study on data augmentation of reverberant speech for robust speech
        recognition, doi:10.1109/ICASSP.2017.7953152.

    Example:
        >>> add_noise_snr(torch.tensor([2.0, -2.0]), torch.tensor([1.0, 1.0]), snr_db=0.0)
        tensor([4., 0.])

    In production: torchaudio.functional.add_noise.
    """
    _require_sound("add_noise_snr", signal)
    _require_sound("add_noise_snr", noise)
    fits = noise.shape[-1] == signal.shape[-1] and noise.ndim <= signal.ndim
    if not fits or any(
        n not in (1, s) for n, s in zip(noise.shape[::-1], signal.shape[::-1], strict=False)
    ):
        raise ValueError(
            f"add_noise_snr: noise of shape {tuple(noise.shape)} does not fit a signal of shape "
            f"{tuple(signal.shape)}"
        )
    power, noise_power = (s.square().mean(dim=-1, keepdim=True) for s in (signal, noise))
    if not (noise_power > 0).all():
        raise ValueError("add_noise_snr: the noise is silent, no factor gives it a power")
    return signal + noise * (power / noise_power).sqrt() * 10 ** (-snr_db / 20)


def spec_augment(
    spectrogram: Float[Tensor, "*batch f t"],
    *,
    frequency_width: int,
    time_width: int,
    frequency_masks: int = 1,
    time_masks: int = 1,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*batch f t"]:
    """Random bands of frequencies and stretches of time set to 0, others for each spectrogram.

    Args:
        spectrogram: shape (..., f, t), frequencies by times.
        frequency_width: the widest band, at most f; widths are uniform from 0 to this.
        time_width: the longest stretch, at most t.
        frequency_masks: how many bands.
        time_masks: how many stretches.
        generator: source of the draws; by default torch's global one.

    Returns:
        Spectrograms of the same shape.

    Raises:
        ValueError: a width that is negative or longer than its axis, or a negative number of masks.
        TypeError: spectrogram is no floating-point tensor.

    Section: :ref:`sec-audio-augmentation`
    Source: Park et al. (2019), SpecAugment: a simple data augmentation method for automatic speech
        recognition, arXiv:1904.08779.

    Example:
        >>> spec_augment(torch.ones(8, 80, 100), frequency_width=10, time_width=20).shape
        torch.Size([8, 80, 100])

    In production: torchaudio.transforms.SpecAugment.
    """
    _require_sound("spec_augment", spectrogram)
    if spectrogram.ndim < 2:
        raise ValueError(f"spec_augment needs shape (..., f, t), got {tuple(spectrogram.shape)}")
    f, t = spectrogram.shape[-2:]
    if not (0 <= frequency_width <= f and 0 <= time_width <= t):
        raise ValueError(
            f"spec_augment: widths must lie between 0 and ({f}, {t}), got ({frequency_width}, "
            f"{time_width})"
        )
    if min(frequency_masks, time_masks) < 0:
        raise ValueError(
            f"spec_augment: masks can't be fewer than 0, got {frequency_masks} and {time_masks}"
        )
    batch = tuple(spectrogram.shape[:-2])
    bands = _gaps(spectrogram, (*batch, frequency_masks), f, frequency_width, generator)
    stretches = _gaps(spectrogram, (*batch, time_masks), t, time_width, generator)
    return spectrogram.masked_fill(bands[..., :, None] | stretches[..., None, :], 0)


def _gaps(
    like: Tensor, shape: tuple[int, ...], n: int, width: int, generator: torch.Generator | None
) -> Tensor:
    """Which of n places lie in one of the intervals of the last axis of `shape`, (..., n)."""
    limits = torch.full(shape, width + 1, device=like.device)
    lengths = integers_below(limits, generator)
    starts = integers_below(n - lengths + 1, generator)
    places = torch.arange(n, device=like.device)
    inside = (places >= starts[..., None]) & (places < (starts + lengths)[..., None])
    return inside.any(dim=-2)


def _require_sound(name: str, x: Tensor) -> None:
    if not isinstance(x, Tensor) or not x.is_floating_point():
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"{name} needs floating-point tensors, got {kind}")
    if x.ndim == 0 or x.numel() == 0:
        raise ValueError(f"{name}: there are no samples in shape {tuple(x.shape)}")


def _check_sound(name: str, waveform: Tensor, n_fft: int, hop: int | None) -> int:
    """The hop, after a check of all that a spectrogram needs."""
    _require_sound(name, waveform)
    hop = n_fft // 4 if hop is None else hop
    if n_fft < 4 or not 1 <= hop <= n_fft // 2:
        raise ValueError(
            f"{name} needs n_fft of 4 or more and a hop between 1 and n_fft / 2, got {n_fft} and "
            f"{hop}"
        )
    return hop

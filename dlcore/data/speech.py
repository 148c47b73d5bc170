"""Synthetic speech: phonemes from a buzz and a hiss through three resonances, in any voice."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

CONTROL_RATE = 200  # how often a second pitch, resonances and loudness may change


class _Sound(NamedTuple):
    """A piece of a phoneme: loudness of the buzz, its resonances, loudness and band of the hiss."""

    seconds: float
    voice: float
    formants: tuple[float, float, float] = (500.0, 1500.0, 2500.0)
    hiss: float = 0.0
    band: tuple[float, float] = (0.0, 0.0)


_VOWELS = {
    "IY": (270.0, 2290.0, 3010.0),
    "IH": (390.0, 1990.0, 2550.0),
    "EH": (530.0, 1840.0, 2480.0),
    "AE": (660.0, 1720.0, 2410.0),
    "AA": (730.0, 1090.0, 2440.0),
    "AO": (570.0, 840.0, 2410.0),
    "UH": (440.0, 1020.0, 2240.0),
    "UW": (300.0, 870.0, 2240.0),
    "AH": (640.0, 1190.0, 2390.0),
    "ER": (490.0, 1350.0, 1690.0),
}
PHONEMES: dict[str, tuple[_Sound, ...]] = {
    **{name: (_Sound(0.12, 1.0, formants),) for name, formants in _VOWELS.items()},
    "W": (_Sound(0.06, 0.6, (300.0, 610.0, 2200.0)),),
    "R": (_Sound(0.06, 0.6, (420.0, 1300.0, 1600.0)),),
    "L": (_Sound(0.06, 0.6, (360.0, 1300.0, 2700.0)),),
    "N": (_Sound(0.08, 0.4, (250.0, 1400.0, 2500.0)),),
    "M": (_Sound(0.08, 0.4, (250.0, 1100.0, 2400.0)),),
    "V": (_Sound(0.06, 0.3, (250.0, 1200.0, 2400.0), 0.05, (1000.0, 3800.0)),),
    "Z": (_Sound(0.08, 0.2, (250.0, 1700.0, 2500.0), 0.2, (2800.0, 3900.0)),),
    "S": (_Sound(0.11, 0.0, (400.0, 1700.0, 2500.0), 0.4, (2800.0, 3900.0)),),
    "F": (_Sound(0.10, 0.0, (400.0, 1200.0, 2400.0), 0.1, (1000.0, 3800.0)),),
    "TH": (_Sound(0.09, 0.0, (400.0, 1400.0, 2500.0), 0.08, (1500.0, 3900.0)),),
    "T": (
        _Sound(0.05, 0.0, (400.0, 1800.0, 2600.0)),
        _Sound(0.03, 0.0, (400.0, 1800.0, 2600.0), 0.4, (2300.0, 3900.0)),
    ),
    "K": (
        _Sound(0.05, 0.0, (350.0, 1700.0, 2300.0)),
        _Sound(0.03, 0.0, (350.0, 1700.0, 2300.0), 0.4, (1200.0, 2400.0)),
    ),
}
"""Pieces of sound that make up each phoneme of ARPAbet that the words need."""
SPOKEN_WORDS = {
    "zero": "Z IH R AO UH",
    "one": "W AH N",
    "two": "T UW",
    "three": "TH R IY",
    "four": "F AO R",
    "five": "F AA IY V",
    "six": "S IH K S",
    "seven": "S EH V EH N",
    "eight": "EH IY T",
    "nine": "N AA IY N",
}
"""The ten digits, each with its phonemes."""


class Voice(NamedTuple):
    """What makes a speaker.

    Attributes:
        pitch: vibrations of the vocal folds a second, in Hz.
        tract: factor on all resonances: above 1 for a vocal tract shorter than an average man's.
        rate: factor on the speed.
        breath: loudness of a hiss that goes with the voice.
    """

    pitch: float = 120.0
    tract: float = 1.0
    rate: float = 1.0
    breath: float = 0.01


def make_voice(speaker: int) -> Voice:
    """The voice of one of endless speakers: the same number is always the same voice.

    Args:
        speaker: 0, 1, 2, ...

    Returns:
        A pitch of 90 to 230 Hz, resonances that tend to rise with it, a speed, a breath.

    Raises:
        ValueError: a negative number.

    Section: :ref:`sec-speaker-recognition`.

    Source: ranges after Peterson, Barney (1952), Control methods used in a study of the vowels,
        doi:10.1121/1.1906875; the numbers are spread by multiples of irrational ones.

    Example:
        >>> make_voice(0)
        Voice(pitch=90.0, tract=0.94, rate=0.85, breath=0.005)

    In production: real recordings.
    """
    if speaker < 0:
        raise ValueError(f"speakers count from 0, got {speaker}")
    high, shape, speed, breath = (
        (speaker * step) % 1 for step in (0.618034, 0.754878, 0.56984, 0.4387)
    )
    tract = 0.94 + 0.14 * high + 0.12 * shape
    return Voice(90 + 140 * high, tract, 0.85 + 0.35 * speed, 0.005 + 0.03 * breath)


def _frames(sounds: Sequence[_Sound], rate: float) -> list[int]:
    return [max(2, round(sound.seconds / rate * CONTROL_RATE)) for sound in sounds]


def _tracks(sounds: Sequence[_Sound], rate: float) -> Tensor:
    """Loudness of the buzz and three resonances over time, smoothed over 35 ms, (4, frames)."""
    steps = torch.tensor([[sound.voice, *sound.formants] for sound in sounds])
    tracks = steps.repeat_interleave(torch.tensor(_frames(sounds, rate)), 0).T
    return F.avg_pool1d(F.pad(tracks[None], (3, 3), mode="replicate"), 7, stride=1)[0]


def _gain(frequency: Tensor, formants: Tensor) -> Tensor:
    """How much the resonances, and a fourth at 3500 Hz, pass of each harmonic, (k, frames)."""
    gain = torch.ones_like(frequency)
    centers = [*formants, torch.full_like(formants[0], 3500.0)]
    for center, width in zip(centers, (60.0, 90.0, 120.0, 175.0), strict=True):
        distance = (center**2 - frequency**2).square() + (width * frequency).square()
        gain = gain * center**2 / distance.sqrt()
    return gain


def _upsample(track: Tensor, t: int) -> Tensor:
    return F.interpolate(track[None], size=t, mode="linear", align_corners=False)[0]


def _buzz(tracks: Tensor, voice: Voice, sample_rate: int) -> Tensor:
    """Harmonics of a falling pitch, louder where a resonance is near, the loudest moment 1."""
    frames = tracks.shape[1]
    t = frames * sample_rate // CONTROL_RATE
    pitch = voice.pitch * torch.linspace(1.05, 0.9, frames)
    harmonics = torch.arange(1, int(sample_rate / 2 / float(pitch.min())) + 1)[:, None]
    frequency = harmonics * pitch
    loudness = tracks[0] * _gain(frequency, voice.tract * tracks[1:]) / harmonics
    loudness = loudness * (frequency < sample_rate / 2 - 100)
    phase = 2 * torch.pi / sample_rate * _upsample(pitch[None], t)[0].cumsum(0)
    wave = (_upsample(loudness, t) * torch.sin(harmonics * phase)).sum(0)
    return wave / wave.abs().max().clamp(min=1e-6)


def _hiss(
    t: int, band: tuple[float, float], sample_rate: int, generator: torch.Generator
) -> Tensor:
    """Gaussian noise with frequencies in a band, standard deviation 1."""
    spectrum = torch.fft.rfft(torch.randn(t, generator=generator))
    frequency = torch.fft.rfftfreq(t, 1 / sample_rate)
    noise = torch.fft.irfft(spectrum * ((frequency >= band[0]) & (frequency <= band[1])), n=t)
    return noise / noise.std()


def synthesize_speech(
    phonemes: str,
    voice: Voice | None = None,
    *,
    sample_rate: int = 8000,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " t"]:
    """Say phonemes: harmonics of the pitch, weighted by resonances that glide, and bands of hiss.

    Args:
        phonemes: names from `PHONEMES`, as in ARPAbet, with spaces between: "S IH K S".
        voice: whose; default an average man's.
        sample_rate: in Hz, at least 8000.
        generator: source of the noise, on the CPU; by default seeded with 0.

    Returns:
        Samples between -1 and 1, the largest 0.9 in size, shape (t,).

    Raises:
        ValueError: no or an unknown phoneme, or a sample rate below 8000.

    Section: :ref:`sec-speech-synthesis`.

    Source: Klatt (1980), Software for a cascade/parallel formant synthesizer,
        doi:10.1121/1.383940; resonances of the vowels: Peterson, Barney (1952), Control methods
        used in a study of the vowels, doi:10.1121/1.1906875.

    Example:
        >>> synthesize_speech("S IH K S").shape
        torch.Size([3360])

    In production: a neural synthesiser; this is for tests and teaching.
    """
    names = phonemes.split()
    unknown = sorted(set(names) - set(PHONEMES))
    if not names or unknown or sample_rate < 8000:
        raise ValueError(
            f"expected phonemes among {', '.join(PHONEMES)} and a rate of 8000 or more, got "
            f"{phonemes!r} and {sample_rate}"
        )
    voice, generator = voice or Voice(), generator or torch.Generator().manual_seed(0)
    sounds = [sound for name in names for sound in PHONEMES[name]]
    tracks = _tracks(sounds, voice.rate)
    wave = _buzz(tracks, voice, sample_rate)
    breath = _hiss(len(wave), (500.0, 3900.0), sample_rate, generator)
    wave = wave + voice.breath * _upsample(tracks[:1], len(wave))[0] * breath
    start = 0
    for sound, frames in zip(sounds, _frames(sounds, voice.rate), strict=True):
        size = frames * sample_rate // CONTROL_RATE
        if sound.hiss:
            envelope = torch.hann_window(size, periodic=False).sqrt()
            noise = _hiss(size, sound.band, sample_rate, generator)
            wave[start : start + size] += sound.hiss * envelope * noise
        start += size
    return 0.9 * wave / wave.abs().max()

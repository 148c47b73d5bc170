"""Synthetic recordings of spoken digits, single and in strings, by several voices."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.data.speech import SPOKEN_WORDS, make_voice, synthesize_speech


@dataclass(frozen=True)
class SpokenWords:
    """Synthetic recordings of one word each.

    Attributes:
        waves: samples between -1 and 1, but for noise, shape (n, t).
        words: which word, shape (n,).
        speakers: whose voice, shape (n,); see `make_voice`.
        vocabulary: the words.
        sample_rate: in Hz.

    Example:
        >>> spoken = make_spoken_words(3)
        >>> spoken.waves.shape, spoken.vocabulary[:3]
        (torch.Size([3, 5600]), ('zero', 'one', 'two'))
    """

    waves: Float[Tensor, "n t"]
    words: Int[Tensor, " n"]
    speakers: Int[Tensor, " n"]
    vocabulary: tuple[str, ...]
    sample_rate: int


@dataclass(frozen=True)
class SpokenStrings:
    """Synthetic recordings of several words each, filled up with silence at their ends.

    Attributes:
        waves: samples, shape (n, t).
        lengths: how many samples of each recording are real, shape (n,).
        words: which words, filled up with -1, shape (n, s).
        word_counts: how many words were said, shape (n,).
        speakers: whose voice, shape (n,).
        vocabulary: the words.
        sample_rate: in Hz.

    Example:
        >>> spoken = make_spoken_strings(3)
        >>> bool(((spoken.words >= 0).sum(1) == spoken.word_counts).all())
        True
    """

    waves: Float[Tensor, "n t"]
    lengths: Int[Tensor, " n"]
    words: Int[Tensor, "n s"]
    word_counts: Int[Tensor, " n"]
    speakers: Int[Tensor, " n"]
    vocabulary: tuple[str, ...]
    sample_rate: int


def _say(word: str, speaker: int, sample_rate: int, generator: torch.Generator) -> Tensor:
    """A word as this speaker says it this time."""
    voice, turn = make_voice(speaker), torch.randn(3, generator=generator).clamp(-2, 2).tolist()
    changed = voice._replace(
        pitch=voice.pitch * (1 + 0.05 * turn[0]),
        tract=voice.tract * (1 + 0.015 * turn[1]),
        rate=voice.rate * (1 + 0.08 * turn[2]),
    )
    said = synthesize_speech(
        SPOKEN_WORDS[word], changed, sample_rate=sample_rate, generator=generator
    )
    return said * float(0.5 + 0.5 * torch.rand((), generator=generator))


def _draw(items: Sequence[int], size: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.tensor(items)[torch.randint(len(items), size, generator=generator)]


def _check(n: int, vocabulary: Sequence[str], speakers: Sequence[int]) -> None:
    unknown = sorted(set(vocabulary) - set(SPOKEN_WORDS))
    if n < 1 or not vocabulary or unknown or not speakers:
        raise ValueError(
            f"expected n >= 1, words among {', '.join(SPOKEN_WORDS)} and speakers, got {n}, "
            f"{tuple(vocabulary)} and {tuple(speakers)}"
        )


def _with_noise(waves: Tensor, snr_db: float, generator: torch.Generator) -> Tensor:
    """The same in noise: so many decibels below the mean power of each recording's sound."""
    sounding = (waves != 0).sum(1, keepdim=True)
    power = waves.square().sum(1, keepdim=True) / sounding
    return (
        waves + torch.randn(waves.shape, generator=generator) * (power / 10 ** (snr_db / 10)).sqrt()
    )


def make_spoken_words(
    n: int,
    *,
    vocabulary: Sequence[str] = tuple(SPOKEN_WORDS),
    speakers: Sequence[int] = range(8),
    sample_rate: int = 8000,
    duration: float = 0.7,
    snr_db: float = 20.0,
    generator: torch.Generator | None = None,
) -> SpokenWords:
    """Draw recordings of single words: synthetic, no speaker ever lived.

    Every time a word is said, pitch, resonances, speed and loudness differ a little.

    Args:
        n: number of recordings.
        vocabulary: words among `SPOKEN_WORDS`.
        speakers: numbers of the voices, see `make_voice`: hold some back to test on strangers.
        sample_rate: in Hz, at least 8000.
        duration: of a recording in seconds; the word stands somewhere in it, and is cut at its end
            if it is longer.
        snr_db: how far the noise is below the word's power, in decibels.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        Recordings, words, speakers.

    Raises:
        ValueError: no recording, an unknown word, no speaker, a duration that is not positive, or
            as `synthesize_speech`.

    Section: :ref:`sec-speech-recognition`.

    Source: no publication; the words are those of Warden (2018), Speech commands,
        arXiv:1804.03209.

    Example:
        >>> spoken = make_spoken_words(2, vocabulary=("two", "six"), speakers=[3])
        >>> spoken.waves.shape, spoken.speakers
        (torch.Size([2, 5600]), tensor([3, 3]))

    In production: real recordings, such as Speech Commands.
    """
    _check(n, vocabulary, speakers)
    t = round(duration * sample_rate)
    if t < 1:
        raise ValueError(f"the duration must be positive, got {duration}")
    generator = generator or torch.Generator().manual_seed(0)
    words = torch.randint(len(vocabulary), (n,), generator=generator)
    voices = _draw(speakers, (n,), generator)
    waves = torch.zeros(n, t)
    for wave, word, speaker in zip(waves, words.tolist(), voices.tolist(), strict=True):
        said = _say(vocabulary[word], speaker, sample_rate, generator)[:t]
        start = int(torch.randint(t - len(said) + 1, (), generator=generator))
        wave[start : start + len(said)] = said
    waves = _with_noise(waves, snr_db, generator)
    return SpokenWords(waves, words, voices, tuple(vocabulary), sample_rate)


def make_spoken_strings(
    n: int,
    *,
    most: int = 4,
    vocabulary: Sequence[str] = tuple(SPOKEN_WORDS),
    speakers: Sequence[int] = range(8),
    sample_rate: int = 8000,
    snr_db: float = 20.0,
    generator: torch.Generator | None = None,
) -> SpokenStrings:
    """Draw recordings of 1 to `most` words one after another, as in a telephone number: synthetic.

    Args:
        n: number of recordings.
        most: the largest number of words.
        vocabulary: as in `make_spoken_words`, like all that follow.
        speakers: numbers of the voices.
        sample_rate: in Hz.
        snr_db: how far the noise is below the words' power, in decibels.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        Recordings, their lengths, words, speakers; pauses between words last up to 60 ms.

    Raises:
        ValueError: no recording, no word, an unknown word, or no speaker.

    Section: :ref:`sec-speech-recognition`.

    Source: no publication; after Leonard (1984), A database for speaker-independent digit
        recognition, doi:10.1109/ICASSP.1984.1172716.

    Example:
        >>> spoken = make_spoken_strings(2, most=2)
        >>> spoken.words.shape, bool((spoken.lengths <= spoken.waves.shape[1]).all())
        (torch.Size([2, 2]), True)

    In production: real recordings, such as LibriSpeech.
    """
    _check(n, vocabulary, speakers)
    if most < 1:
        raise ValueError(f"most must be at least 1, got {most}")
    generator = generator or torch.Generator().manual_seed(0)
    counts = torch.randint(1, most + 1, (n,), generator=generator)
    words = torch.randint(len(vocabulary), (n, most), generator=generator)
    words = words.masked_fill(torch.arange(most) >= counts[:, None], -1)
    voices = _draw(speakers, (n,), generator)
    longest_pause = sample_rate * 60 // 1000
    recordings = []
    for row, speaker in zip(words.tolist(), voices.tolist(), strict=True):
        parts = []
        for word in (w for w in row if w >= 0):
            pause = int(torch.randint(1, longest_pause, (), generator=generator))
            parts += [torch.zeros(pause), _say(vocabulary[word], speaker, sample_rate, generator)]
        recordings.append(torch.cat([*parts, torch.zeros(longest_pause // 2)]))
    lengths = torch.tensor([len(recording) for recording in recordings])
    waves = torch.nn.utils.rnn.pad_sequence(recordings, batch_first=True)
    waves = _with_noise(waves, snr_db, generator)
    return SpokenStrings(waves, lengths, words, counts, voices, tuple(vocabulary), sample_rate)

"""Real recordings: two voices and a piece of music, four seconds each."""

import wave
from dataclasses import dataclass
from importlib.resources import files

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.data.splits import Provenance

_TERMS = {
    "english": (
        "a woman speaks English: Allison Smith, demo-congrats, Asterisk core sounds 1.6.1",
        "CC BY-SA 3.0",
    ),
    "italian": (
        "a man speaks Italian: Carlo Flora (http://www.carloflora.com), vm-intro, Asterisk core "
        "sounds 1.6.1",
        "CC BY 3.0",
    ),
    "music": (
        "Paul Shuler (Macroform), cold_day, from 1:00, Asterisk music on hold 2.03",
        "CC BY-SA 3.0",
    ),
}


@dataclass(frozen=True)
class Recording:
    """A sound and where it comes from.

    Attributes:
        wave: samples between -1 and 1, shape (t,).
        sample_rate: in Hz.
        provenance: source, licence and size.

    Example:
        >>> load_recording("music").wave.shape
        torch.Size([32000])
    """

    wave: Float[Tensor, " t"]
    sample_rate: int
    provenance: Provenance


def recording_names() -> tuple[str, ...]:
    """The names that `load_recording` knows.

    Source: Asterisk core sounds 1.6.1 and music on hold 2.03,
        https://downloads.asterisk.org/pub/telephony/sounds.

    Example:
        >>> recording_names()
        ('english', 'italian', 'music')

    In production: your own files.
    """
    return tuple(_TERMS)


def load_recording(name: str) -> Recording:
    """Load a real recording that ships with the library; nothing is downloaded.

    Each is four seconds at 8,000 samples a second, cut from a longer one and otherwise unchanged.

    Args:
        name: one of `recording_names()`.

    Returns:
        The samples as float32 in [-1, 1], with their rate and provenance.

    Raises:
        ValueError: there is no recording of this name.

    Section: :ref:`sec-ica`
    Source: Asterisk core sounds 1.6.1 and music on hold 2.03,
        https://downloads.asterisk.org/pub/telephony/sounds.

    Example:
        >>> load_recording("english").provenance.licence
        'CC BY-SA 3.0'

    In production: scipy.io.wavfile.read.
    """
    if name not in _TERMS:
        raise ValueError(f"no recording {name!r}; there are {', '.join(_TERMS)}")
    source, licence = _TERMS[name]
    path = files("dlcore.data") / "sounds" / f"{name}.wav"
    with path.open("rb") as file, wave.open(file) as recording:
        rate, t = recording.getframerate(), recording.getnframes()
        samples = torch.frombuffer(bytearray(recording.readframes(t)), dtype=torch.int16)
    provenance = Provenance(
        name, source, licence, "No publication", f"{t:,} samples at {rate:,} Hz, one channel"
    )
    return Recording(samples / 2**15, rate, provenance)

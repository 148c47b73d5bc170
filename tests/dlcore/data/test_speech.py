"""Synthetic speech: its pitch and resonances measured, its recordings counted."""

import numpy as np
import pytest
import scipy.signal
import torch

from dlcore.data import (
    PHONEMES,
    SPOKEN_WORDS,
    SpokenStrings,
    SpokenWords,
    Voice,
    make_spoken_strings,
    make_spoken_words,
    make_voice,
    synthesize_speech,
)
from tests.parity import assert_close


def spectrum(wave, rate=8000):
    f, power = scipy.signal.periodogram(wave.numpy(), rate, window="hann", nfft=8 * len(wave))
    return f, power


@pytest.mark.reference("scipy.signal.periodogram", of="dlcore.data.synthesize_speech")
@pytest.mark.parametrize("vowel", ["IY", "AA", "EH"])
@pytest.mark.parametrize("tract", [1.0, 1.15])
def test_vowels_have_the_pitch_and_the_resonances_asked_for(vowel, tract):
    voice = Voice(pitch=110.0, tract=tract, rate=0.4, breath=0.0)
    f, power = spectrum(synthesize_speech(vowel, voice))
    middle = 110 * (1.05 + 0.9) / 2
    near = (f > 0.6 * middle) & (f < 1.4 * middle)
    assert abs(f[near][power[near].argmax()] / middle - 1) < 0.09
    for formant in PHONEMES[vowel][0].formants[:2]:
        wanted = tract * formant
        around = (f > wanted - 150) & (f < wanted + 150)
        assert abs(f[around][power[around].argmax()] - wanted) < 0.75 * 110


def test_hiss_is_high_and_stops_are_silent():
    f, power = spectrum(synthesize_speech("S"))
    assert power[(f > 2700) & (f < 4000)].sum() > 0.95 * power.sum()
    closure = synthesize_speech("T AA", Voice(breath=0.0))[:160]
    assert float(closure.abs().max()) < 0.1
    for word, phonemes in SPOKEN_WORDS.items():
        wave = synthesize_speech(phonemes)
        assert_close(wave.abs().max(), 0.9, rtol=1e-5)
        assert 0.15 < len(wave) / 8000 < 0.55, word
    once = synthesize_speech("S IH K S", generator=torch.Generator().manual_seed(1))
    assert torch.equal(
        once, synthesize_speech("S IH K S", generator=torch.Generator().manual_seed(1))
    )
    assert not torch.equal(once, synthesize_speech("S IH K S"))
    assert len(synthesize_speech("AA", sample_rate=16_000)) == 2 * len(synthesize_speech("AA"))


@pytest.mark.reference("ranges of the vowels' study", of="dlcore.data.make_voice")
@pytest.mark.reference("ranges of the vowels' study", of="dlcore.data.Voice")
def test_voices_differ_and_stay_human():
    voices = [make_voice(i) for i in range(60)]
    assert len(set(voices)) == 60
    assert all(90 <= v.pitch <= 230 and 0.94 <= v.tract <= 1.2 for v in voices)
    pitch, tract = np.array([v[:2] for v in voices]).T
    assert np.corrcoef(pitch, tract)[0, 1] > 0.5
    assert make_voice(7) == voices[7]


@pytest.mark.reference("numpy.unique", of="dlcore.data.make_spoken_words")
@pytest.mark.reference("numpy.unique", of="dlcore.data.SpokenWords")
def test_recordings_of_words():
    assert len(SPOKEN_WORDS) == 10
    spoken = make_spoken_words(40, vocabulary=("two", "six"), speakers=(3, 9), snr_db=10.0)
    assert isinstance(spoken, SpokenWords)
    assert spoken.waves.shape == (40, 5600)
    assert np.unique(spoken.words).tolist() == [0, 1]
    assert np.unique(spoken.speakers).tolist() == [3, 9]
    again = make_spoken_words(40, vocabulary=("two", "six"), speakers=(3, 9), snr_db=10.0)
    assert torch.equal(spoken.waves, again.waves)
    clean = make_spoken_words(40, vocabulary=("two", "six"), speakers=(3, 9), snr_db=200.0)
    noise = spoken.waves - clean.waves
    sounding = clean.waves.abs() > 1e-6
    power = clean.waves.square().sum(1) / sounding.sum(1)
    assert_close(10 * (power / noise.square().mean(1)).log10(), torch.full((40,), 10.0), atol=0.5)
    cut = make_spoken_words(3, duration=0.1)
    assert cut.waves.shape == (3, 800)


@pytest.mark.reference("numpy.unique", of="dlcore.data.make_spoken_strings")
@pytest.mark.reference("numpy.unique", of="dlcore.data.SpokenStrings")
def test_recordings_of_strings():
    spoken = make_spoken_strings(30, most=3, snr_db=200.0)
    assert isinstance(spoken, SpokenStrings)
    assert np.unique(spoken.word_counts).tolist() == [1, 2, 3]
    assert torch.equal((spoken.words >= 0).sum(1), spoken.word_counts)
    assert int(spoken.lengths.max()) == spoken.waves.shape[1]
    for wave, length in zip(spoken.waves, spoken.lengths.tolist(), strict=True):
        assert float(wave[length:].abs().sum()) < 1e-3
        assert float(wave[length - 400 : length].abs().max()) > 1e-3
    longer = spoken.lengths[spoken.word_counts == 3].double().mean()
    assert longer > 2 * spoken.lengths[spoken.word_counts == 1].double().mean()


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: synthesize_speech(""), "expected phonemes among"),
        (lambda: synthesize_speech("S XX"), "expected phonemes among"),
        (lambda: synthesize_speech("S", sample_rate=4000), "a rate of 8000 or more"),
        (lambda: make_voice(-1), "speakers count from 0"),
        (lambda: make_spoken_words(0), "n >= 1"),
        (lambda: make_spoken_words(2, vocabulary=("cat",)), "words among zero"),
        (lambda: make_spoken_words(2, speakers=()), "and speakers"),
        (lambda: make_spoken_words(2, duration=0.0), "duration must be positive"),
        (lambda: make_spoken_strings(2, most=0), "most must be at least 1"),
        (lambda: make_spoken_strings(2, vocabulary=()), "words among zero"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

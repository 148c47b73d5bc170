"""The recordings against SciPy's reader, and what is said of them."""

from importlib.resources import files

import pytest
import scipy.io.wavfile
import torch

from dlcore.data import load_recording, recording_names
from tests.parity import assert_close

SOUNDS = files("dlcore.data") / "sounds"


@pytest.mark.reference("scipy.io.wavfile.read", of="dlcore.data.load_recording")
@pytest.mark.parametrize("name", recording_names())
def test_samples_are_those_that_scipy_reads(name):
    recording = load_recording(name)
    rate, samples = scipy.io.wavfile.read(SOUNDS / f"{name}.wav")
    assert rate == recording.sample_rate == 8000
    assert recording.wave.dtype == torch.float32
    assert_close(recording.wave, samples / 2**15)


@pytest.mark.reference("the files", of="dlcore.data.recording_names")
def test_every_file_has_a_name_and_terms():
    waves = {path.name for path in SOUNDS.iterdir() if path.name.endswith(".wav")}
    assert waves == {f"{name}.wav" for name in recording_names()}


@pytest.mark.reference("the files' README", of="dlcore.data.Recording")
@pytest.mark.parametrize("name", recording_names())
def test_a_recording_says_where_it_comes_from(name):
    provenance = load_recording(name).provenance
    (row,) = (
        r for r in (SOUNDS / "README.md").read_text("utf8").split("\n") if f"`{name}.wav" in r
    )
    assert f"| {provenance.licence} |" in row
    assert provenance.size == "32,000 samples at 8,000 Hz, one channel"


@pytest.mark.bad_input
def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(
        ValueError, match=r"no recording 'birds'; there are english, italian, music"
    ):
        load_recording("birds")

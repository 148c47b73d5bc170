"""Checkpoints: complete or absent; damage is noticed and nothing is overwritten."""

import os

import pytest
import torch

from dlcore.training import CheckpointError, load_checkpoint, save_checkpoint

STATE = {"w": torch.arange(997.0), "epoch": 3, "history": {"loss": [1.0, 0.5]}, "none": None}


@pytest.mark.reference("torch.load", of="dlcore.training.load_checkpoint")
@pytest.mark.reference("torch.save", of="dlcore.training.save_checkpoint")
def test_round_trip(tmp_path):
    path = tmp_path / "new" / "folder" / "model.pt"
    save_checkpoint(path, STATE)
    save_checkpoint(path, STATE)
    loaded = load_checkpoint(path)
    assert torch.equal(loaded.pop("w"), STATE["w"])
    assert loaded == {k: v for k, v in STATE.items() if k != "w"}
    assert torch.equal(torch.load(path, weights_only=True)["state"]["w"], STATE["w"])
    assert os.listdir(path.parent) == ["model.pt"]  # noqa: PTH208


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "model.pt"
    save_checkpoint(path, STATE)
    before = path.read_bytes()

    def half(content, file):
        file.write(before[:500])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(CheckpointError, match=r"cannot write the checkpoint .* No space left"):
        save_checkpoint(path, {"w": torch.zeros(2)})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.bad_input
@pytest.mark.reference("zipfile.ZipFile.testzip", of="dlcore.training.CheckpointError")
def test_any_damage_is_noticed_and_the_file_left_alone(tmp_path):
    path = tmp_path / "model.pt"
    save_checkpoint(path, STATE)
    sound = path.read_bytes()
    data = sound.index(STATE["w"].numpy().tobytes()) + 1501
    flipped = sound[:data] + bytes([sound[data] ^ 1]) + sound[data + 1 :]
    for damaged in (sound[: len(sound) // 2], b"", b"hello", flipped, sound[:-1]):
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="left as it is: move it away to start"):
            load_checkpoint(path)
        assert path.read_bytes() == damaged


@pytest.mark.bad_input
def test_other_files(tmp_path):
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        load_checkpoint(tmp_path / "absent.pt")
    torch.save({"w": torch.zeros(2)}, tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match="is a torch file, but not a"):
        load_checkpoint(tmp_path / "other.pt")
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="Choose a folder that you may write to"):
        save_checkpoint(tmp_path / "file" / "model.pt", STATE)


@pytest.mark.bad_input
def test_code_in_a_checkpoint_is_never_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "ran"),))

    torch.save({"format": "dlcore checkpoint 1", "state": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(CheckpointError, match="is damaged or is not a checkpoint"):
        load_checkpoint(tmp_path / "evil.pt")
    assert not (tmp_path / "ran").exists()

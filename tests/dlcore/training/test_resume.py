"""A training run killed with SIGKILL, twice, ends with the bits of one that was not.

Run as a program, this file is the training run that gets killed.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from dlcore.data import two_moons
from dlcore.training import CheckpointError, EarlyStopping, fit, load_checkpoint

EPOCHS, STEPS = 7, 8


def run(checkpoint=None, *, kill_at_step=None, lr=0.01, batch_size=7, units=11):
    """Train with all that has a state: Adam, dropout, batch norm, shuffling, early stopping."""
    torch.manual_seed(0)
    X, y = two_moons(53, generator=torch.Generator().manual_seed(1))
    model = nn.Sequential(
        nn.Linear(2, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(0.3), nn.Linear(units, 2)
    )
    adam = torch.optim.AdamW(model.parameters(), lr=lr)
    steps = 0

    def loss(outputs, targets):
        nonlocal steps
        steps += outputs.requires_grad
        if steps == kill_at_step:
            os.kill(os.getpid(), signal.SIGKILL)
        return nn.functional.cross_entropy(outputs, targets)

    history = fit(
        model,
        X,
        y,
        loss=loss,
        optimizer=adam,
        epochs=EPOCHS,
        batch_size=batch_size,
        validation=two_moons(31, generator=torch.Generator().manual_seed(2)),
        early_stopping=EarlyStopping(patience=EPOCHS, monitor="validation_loss"),
        checkpoint=checkpoint,
        generator=torch.Generator().manual_seed(3),
    )
    return model.state_dict(), adam.state_dict(), history


def die_while_writing(path):
    """From now on, writing a checkpoint is cut short by a kill."""
    real = torch.save

    def save(content, file):
        real(content, file)
        file.truncate(1009)
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    if path.exists():
        torch.save = save


def start(checkpoint, how):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, str(checkpoint), how]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def assert_same_bits(a, b):
    if isinstance(a, torch.Tensor):
        assert torch.equal(a, b)
    elif isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            assert_same_bits(a[key], b[key])
    else:
        assert a == b


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_twice_it_ends_with_the_same_bits(tmp_path):
    checkpoint = tmp_path / "model.pt"
    expected = run()

    mid_epoch = start(checkpoint, "mid-epoch")
    assert mid_epoch.returncode == -signal.SIGKILL, mid_epoch.stderr
    assert len(load_checkpoint(checkpoint)["history"]["loss"]) == 3

    mid_write = start(checkpoint, "mid-write")
    assert mid_write.returncode == -signal.SIGKILL, mid_write.stderr
    assert len(load_checkpoint(checkpoint)["history"]["loss"]) == 3

    for actual, wanted in zip(run(checkpoint), expected, strict=True):
        assert_same_bits(actual, wanted)


def test_a_finished_run_is_not_repeated(tmp_path):
    first = run(tmp_path / "model.pt")
    again = run(tmp_path / "model.pt", kill_at_step=1)
    assert_same_bits(first[0], again[0])
    assert first[2] == again[2]


def test_writing_checkpoints_changes_nothing(tmp_path):
    for actual, wanted in zip(run(tmp_path / "model.pt"), run(), strict=True):
        assert_same_bits(actual, wanted)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr": 0.02}, "lr is 0.01 there, 0.02 here"),
        ({"batch_size": 8}, "batch_size is 7 there, 8 here"),
        ({"units": 13}, r"size mismatch"),
    ],
)
def test_a_checkpoint_of_another_training(tmp_path, change, message):
    path = tmp_path / "model.pt"
    run(path)
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=rf"(?s)belongs to another training: .*{message}"):
        run(path, **change)
    assert path.read_bytes() == before


@pytest.mark.bad_input
def test_a_damaged_checkpoint_is_neither_used_nor_overwritten(tmp_path):
    path = tmp_path / "model.pt"
    run(path)
    damaged = path.read_bytes()[:-1000]
    path.write_bytes(damaged)
    with pytest.raises(CheckpointError, match="move it away to start from the beginning"):
        run(path)
    assert path.read_bytes() == damaged


if __name__ == "__main__":
    where, how = Path(sys.argv[1]), sys.argv[2]
    if how == "mid-write":
        die_while_writing(where)
    torch.set_num_threads(1)
    run(where, kill_at_step=3 * STEPS + 5 if how == "mid-epoch" else None)

"""Snapshot ensembles against the same training written out with torch's scheduler."""

import copy

import pytest
import torch
from torch import nn

from dlcore.optim import SGD, snapshot_ensemble
from dlcore.training import NonFiniteLossError
from tests.parity import assert_close


@pytest.fixture
def blobs(generator):
    X = torch.randn(30, 2, generator=generator)
    return X, (X[:, 0] > 0).long() + (X[:, 1] > 0).long()


def trained(X, y, model, **changes):
    options = {
        "loss": nn.functional.cross_entropy, "optimizer": SGD(model.parameters(), lr=0.5),
        "cycles": 3, "epochs_per_cycle": 2, "batch_size": 8,
        "generator": torch.Generator().manual_seed(1),
    }  # fmt: skip
    return snapshot_ensemble(model, X, y, **options | changes)


@pytest.mark.reference(
    "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts", of="dlcore.optim.snapshot_ensemble"
)
def test_the_training_written_out(blobs):
    X, y = blobs
    torch.manual_seed(0)
    model, other = nn.Linear(2, 3), nn.Linear(2, 3)
    other.load_state_dict(model.state_dict())
    ensemble = trained(X, y, model)
    optimizer = torch.optim.SGD(other.parameters(), lr=0.5)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=8)
    generator, snapshots, losses = torch.Generator().manual_seed(1), [], []
    for _ in range(6):
        for i in torch.randperm(30, generator=generator).split(8):
            optimizer.zero_grad()
            J = nn.functional.cross_entropy(other(X[i]), y[i])
            J.backward()
            optimizer.step()
            scheduler.step()
            losses.append(J.item())
        if len(losses) % 8 == 0:
            snapshots.append(copy.deepcopy(other))
    assert_close(ensemble.losses, losses, rtol=1e-4)
    for mine, theirs in zip(ensemble.models, snapshots, strict=True):
        assert_close(mine.weight, theirs.weight, rtol=1e-4, atol=1e-5)


@pytest.mark.reference("numpy mean of softmax probabilities", of="dlcore.optim.SnapshotEnsemble")
def test_probabilities_are_averaged_not_scores_nor_weights(blobs):
    X, y = blobs
    ensemble = trained(X, y, nn.Linear(2, 3))
    probabilities = [m(X).detach().softmax(-1).numpy() for m in ensemble.models]
    mean = sum(probabilities) / 3
    assert_close(ensemble.predict_proba(X), mean, rtol=1e-5)
    assert_close(ensemble.predict(X), mean.argmax(1))
    assert len({m.weight.detach().sum().item() for m in ensemble.models}) == 3


def test_the_rates_are_put_back_and_the_model_is_the_last_snapshot(blobs):
    model = nn.Linear(2, 3)
    optimizer = SGD([{"params": [model.weight], "lr": 0.5}, {"params": [model.bias], "lr": 0.1}])
    ensemble = trained(*blobs, model, optimizer=optimizer)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.1]
    assert torch.equal(model.weight, ensemble.models[-1].weight)


@pytest.mark.bad_input
def test_numbers_out_of_range(blobs):
    for name in ("cycles", "epochs_per_cycle", "batch_size"):
        with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
            trained(*blobs, nn.Linear(2, 3), **{name: 0})
    with pytest.raises(NonFiniteLossError):
        trained(*blobs, nn.Linear(2, 3), loss=lambda z, y: z.sum() * float("nan"))

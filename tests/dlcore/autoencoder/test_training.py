"""Training against loops written out with torch's Adam: whole models, and layer by layer."""

import copy

import pytest
import torch
from torch import nn

from dlcore.autoencoder import (
    Autoencoder,
    LinearAutoencoder,
    SparseAutoencoder,
    pretrain_layers,
    reconstruction_loss,
    train_autoencoder,
)
from dlcore.training import EarlyStopping, fit
from tests.parity import assert_close


@pytest.fixture
def X(generator):
    return torch.rand(24, 6, dtype=torch.float64, generator=generator)


def by_hand(parameters, loss, steps, lr=1e-3):
    optimizer = torch.optim.Adam(parameters, lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        losses.append(loss())
        losses[-1].backward()
        optimizer.step()
    return [value.item() for value in losses]


@pytest.mark.reference("torch.optim.Adam", of="dlcore.autoencoder.train_autoencoder")
def test_whole_batches_take_adams_steps(X):
    model = Autoencoder([6, 4, 2], "tanh").double()
    twin = copy.deepcopy(model)
    history = train_autoencoder(model, X, epochs=5, batch_size=24, lr=0.02)
    expected = by_hand(
        twin.parameters(), lambda: (twin(X) - X).square().sum() / 24, steps=5, lr=0.02
    )
    assert_close(torch.tensor(history["loss"]), torch.tensor(expected), rtol=1e-6)
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert_close(ours, theirs, rtol=1e-6)


def test_with_a_plain_error_it_is_fit(X):
    model = Autoencoder([6, 2], "tanh").double()
    twin = copy.deepcopy(model)
    options = {"epochs": 3, "batch_size": 10, "progress": False}
    ours = train_autoencoder(
        model, X, generator=torch.Generator().manual_seed(0), validation=X[:7], **options
    )
    theirs = fit(
        twin, X, X, loss=reconstruction_loss, optimizer=torch.optim.Adam(twin.parameters()),
        generator=torch.Generator().manual_seed(0), validation=(X[:7], X[:7]), **options,
    )  # fmt: skip
    for name in ("loss", "validation_loss"):
        assert_close(torch.tensor(ours[name]), torch.tensor(theirs[name]), rtol=1e-6)


def test_own_losses_callbacks_and_stopping(X):
    model = LinearAutoencoder(6, 2).double()
    seen = []
    history = train_autoencoder(
        model, X, epochs=9, batch_size=24, lr=0.05, validation=X,
        loss=lambda m, x: (m(x) - x).abs().sum(1),
        early_stopping=EarlyStopping(1, min_delta=1e6), progress=False,
        on_epoch_end=lambda epoch, m, h: seen.append((epoch, m is model, len(h))),
    )  # fmt: skip
    assert seen == [(0, True, 1), (1, True, 2)]
    best = (model(X) - X).abs().sum(1).mean().item()
    assert best == pytest.approx(history["validation_loss"][0])


def test_the_constraint_holds_before_and_after_each_step_and_is_gone_afterwards(X):
    model = SparseAutoencoder(6, 8).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train_autoencoder(model, X, epochs=2, batch_size=5, optimizer=optimizer)
    assert_close(model.decoder[0].weight.norm(dim=0), torch.ones(8), rtol=1e-9)
    model.loss(X).backward()
    optimizer.step()
    assert (model.decoder[0].weight.norm(dim=0) - 1).abs().max() > 1e-6


@pytest.mark.reference("torch.optim.Adam", of="dlcore.autoencoder.pretrain_layers")
@pytest.mark.parametrize("tied", [False, True])
def test_each_layer_learns_to_rebuild_the_codes_before_it(X, tied):
    model = Autoencoder([6, 5, 3], "tanh", kind="bernoulli", tied=tied).double()
    twin = copy.deepcopy(model)
    histories = pretrain_layers(model, X, epochs=4, batch_size=24, lr=0.02)
    (down1, _, down2), (up2, _, up1) = twin.encoder, twin.decoder

    def first():
        logits = up1(torch.tanh(down1(X)))
        return nn.functional.binary_cross_entropy_with_logits(logits, X, reduction="sum") / 24

    own = {*down1.parameters(), *up1.parameters()}
    expected = by_hand([p for p in twin.parameters() if p in own], first, 4, lr=0.02)
    assert_close(torch.tensor(histories[0]["loss"]), torch.tensor(expected), rtol=1e-5)
    H = torch.tanh(down1(X)).detach()
    own = {*down2.parameters(), *up2.parameters()}
    expected = by_hand(
        [p for p in twin.parameters() if p in own],
        lambda: (torch.tanh(up2(down2(H))) - H).square().sum() / 24, 4, lr=0.02,
    )  # fmt: skip
    assert_close(torch.tensor(histories[1]["loss"]), torch.tensor(expected), rtol=1e-5)
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert_close(ours, theirs, rtol=1e-5, atol=1e-8)


def test_only_what_a_layer_sees_is_corrupted(X):
    model = Autoencoder([6, 5, 3], "tanh").double()
    seen = []
    pretrain_layers(
        model, X, epochs=1, batch_size=24, progress=False,
        corruption=lambda x: seen.append(x.shape) or torch.zeros_like(x),
    )  # fmt: skip
    assert {tuple(shape) for shape in seen} == {(24, 6), (24, 5)}
    zeros = torch.zeros(1, 6, dtype=torch.float64)
    layer = model.stages()[0]
    untouched = Autoencoder([6, 5, 3], "tanh").double()
    untouched.load_state_dict(model.state_dict())
    loss = (layer[1](layer[0](zeros)) - X).square().sum(1).mean()
    gradients = torch.autograd.grad(loss, [layer[0][0].weight])
    assert gradients[0].abs().max() == 0


@pytest.mark.bad_input
def test_what_does_not_fit(X):
    with pytest.raises(TypeError, match="no method loss"):
        train_autoencoder(nn.Linear(6, 6).double(), X, epochs=1)
    with pytest.raises(ValueError, match="epochs must be"):
        train_autoencoder(LinearAutoencoder(6, 2).double(), X, epochs=0)
    with pytest.raises(ValueError, match=r"\(\.\.\., 6\), got \(24, 4\)"):
        train_autoencoder(LinearAutoencoder(6, 2).double(), X[:, :4], epochs=1)
    with pytest.raises(ValueError, match="epochs must be"):
        pretrain_layers(Autoencoder([6, 2]).double(), X, epochs=0)

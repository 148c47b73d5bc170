"""The frozen stage leaves every bit of the backbone; both stages are those of fit."""

import copy

import pytest
import torch
from torch import nn

from dlcore.training import fine_tune

X = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
Y = (X[:, 0] > 0).long()


def parts():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU()), nn.Linear(8, 2)


def tune(backbone, head, **options):
    options = {"lr": 0.1, "optimizer": torch.optim.SGD, "progress": False, **options}
    loss = nn.functional.cross_entropy
    generator = torch.Generator().manual_seed(0)
    return fine_tune(backbone, head, X, Y, loss=loss, generator=generator, **options)


@pytest.mark.reference("torch.equal of the state before", of="dlcore.training.fine_tune")
def test_with_no_second_stage_the_backbone_stays_bit_for_bit():
    backbone, head = parts()
    before, head_before = copy.deepcopy(backbone.state_dict()), head.weight.detach().clone()
    history = tune(backbone, head, head_epochs=3, epochs=0, batch_size=8)
    assert len(history) == 3
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, before[name])
    assert not torch.equal(head.weight, head_before)


def test_the_second_stage_moves_the_backbone_by_its_own_rate():
    """One full-batch step of SGD: the head moves by lr, the backbone by lr * decay."""
    backbone, head = parts()
    backbone.eval()
    before = [p.detach().clone() for p in (*backbone.parameters(), *head.parameters())]
    model = nn.Sequential(backbone, head).train()
    loss = nn.functional.cross_entropy(model(X), Y)
    gradients = torch.autograd.grad(loss, tuple(model.parameters()))
    tune(backbone, head, head_epochs=0, epochs=1, batch_size=40, decay=0.5)
    rates = [0.05] * 4 + [0.1] * 2
    after = (*backbone.parameters(), *head.parameters())
    for p, old, g, lr in zip(after, before, gradients, rates, strict=True):
        torch.testing.assert_close(p.detach(), old - lr * g, rtol=1e-4, atol=1e-6)


def test_records_of_both_stages_follow_each_other():
    history = tune(*parts(), head_epochs=2, epochs=3, validation=(X, Y))
    assert len(history["validation_loss"]) == 5
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.bad_input
def test_bad_input_is_refused():
    for options in ({"head_epochs": 0, "epochs": 0}, {"head_epochs": -1}):
        with pytest.raises(ValueError, match="at least one epoch"):
            tune(*parts(), **options)

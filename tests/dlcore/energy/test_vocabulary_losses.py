"""Losses over many classes against torch's cross-entropy."""

import pytest
import torch
from torch.nn import functional as F

from dlcore.energy import (
    chunked_cross_entropy,
    hard_negative_mining,
    sampled_softmax_loss,
    self_normalized_loss,
)
from tests.parity import assert_close, assert_parity

TARGETS = torch.tensor([3, 0, 10, 3, 6])


@pytest.fixture
def classifier(generator):
    hidden = torch.randn(5, 7, generator=generator).double()
    weight = torch.randn(11, 7, generator=generator).double()
    return hidden, weight, torch.randn(11, generator=generator).double()


def whole(hidden, weight, bias):
    return F.cross_entropy(hidden @ weight.T + bias, TARGETS)


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.energy.chunked_cross_entropy"
)
@pytest.mark.parametrize("chunk", [1, 4, 100])
def test_chunks_are_the_whole(classifier, chunk):
    assert_parity(
        lambda h, w, b: chunked_cross_entropy(h, w, TARGETS, bias=b, chunk=chunk),
        whole,
        *classifier,
    )


def test_only_a_chunk_of_logits_is_kept(classifier):
    """What autograd saves has never more entries than the inputs."""
    hidden, weight, _ = (x.requires_grad_() for x in classifier)
    sizes = []

    def keep(x):
        sizes.append(x.numel())
        return x

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        chunked_cross_entropy(hidden.repeat(40, 1), weight, TARGETS.repeat(40), chunk=2)
    assert max(sizes) <= 200 * 7
    assert 200 * 11 not in sizes


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.energy.sampled_softmax_loss")
def test_all_classes_sampled_are_the_softmax(classifier):
    assert_parity(
        lambda h, w, b: sampled_softmax_loss(h, w, TARGETS, torch.randperm(11), bias=b),
        whole,
        *classifier,
    )


def test_sampled_softmax_by_hand(classifier):
    hidden, weight, bias = classifier
    log_q = torch.linspace(-4, -1, 11).double()
    sampled = torch.tensor([6, 3, 3, 1])
    logits = hidden @ weight.T + bias - log_q
    rows = []
    for row, y in zip(logits, TARGETS.tolist(), strict=True):
        others = [row[j] for j in {6, 3, 1} - {y}]
        rows.append(F.cross_entropy(torch.stack([row[y], *others])[None], torch.tensor([0])))
    found = sampled_softmax_loss(hidden, weight, TARGETS, sampled, log_q, bias=bias)
    assert_close(found, torch.stack(rows).mean())
    shifted = sampled_softmax_loss(hidden, weight, TARGETS, sampled, log_q + 3, bias=bias)
    assert_close(shifted, found)


def test_the_correction_removes_the_bias():
    """All sets of 4 classes with their chances: with log Q the best scores are the data's."""
    p = torch.tensor([0.5, 0.3, 0.15, 0.05]).double()
    Q = torch.tensor([0.1, 0.3, 0.5, 0.8]).double()
    sets = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 4)[1:].double()
    chances = torch.where(sets == 1, Q, 1 - Q).prod(1)
    targets = torch.repeat_interleave(torch.arange(4), (20 * p).round().long())
    hidden = torch.ones(20, 1).double()
    for log_q, close in ((Q.log(), True), (None, False)):
        w = torch.zeros(4, 1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([w], max_iter=30)

        def closure(w=w, optimizer=optimizer, log_q=log_q):
            optimizer.zero_grad()
            loss = sum(
                chance * sampled_softmax_loss(hidden, w, targets, inside.nonzero()[:, 0], log_q)
                for chance, inside in zip(chances, sets, strict=True)
            )
            loss.backward()
            return loss

        optimizer.step(closure)
        assert ((w[:, 0].softmax(0) - p).abs().max() < 1e-3) == close


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.energy.self_normalized_loss")
def test_self_normalization(generator):
    z = torch.randn(5, 11, generator=generator).double()
    assert_parity(
        lambda z: self_normalized_loss(z, TARGETS, 0.3),
        lambda z: F.cross_entropy(z, TARGETS) + 0.3 * (z.exp().sum(1).log() ** 2).mean(),
        z,
    )
    z = z.requires_grad_()
    optimizer = torch.optim.LBFGS([z], max_iter=60)

    def closure():
        optimizer.zero_grad()
        loss = self_normalized_loss(z, torch.tensor([0, 1, 2, 3, 4]), 0.5)
        loss.backward()
        return loss

    optimizer.step(closure)
    assert z.logsumexp(1).abs().max() < 0.05


@pytest.mark.reference("torch.topk", of="dlcore.energy.hard_negative_mining")
def test_hardest_are_kept(generator):
    losses = torch.rand(20, generator=generator)
    assert set(hard_negative_mining(losses, 6).nonzero()[:, 0].tolist()) == set(
        losses.topk(6).indices.tolist()
    )
    negatives = torch.rand(20, generator=generator) < 0.7
    kept = hard_negative_mining(losses, 4, negatives=negatives)
    assert kept[~negatives].all()
    hardest = losses[negatives].topk(4).values
    assert_close(losses[kept & negatives].sort(descending=True).values, hardest)
    assert hard_negative_mining(losses, 99, negatives=negatives).all()
    assert torch.equal(hard_negative_mining(losses, 0, negatives=negatives), ~negatives)
    assert not hard_negative_mining(losses, 0).any()


@pytest.mark.bad_input
def test_bad_input(classifier):
    hidden, weight, bias = classifier
    sampled = torch.tensor([1, 2])
    with pytest.raises(ValueError, match=r"hidden \(n, d\)"):
        chunked_cross_entropy(hidden[:, :3], weight, TARGETS)
    with pytest.raises(ValueError, match=r"bias \(v,\)"):
        sampled_softmax_loss(hidden, weight, TARGETS, sampled, bias=bias[:3])
    with pytest.raises(ValueError, match=r"0\.\.10"):
        chunked_cross_entropy(hidden, weight, TARGETS + 1)
    with pytest.raises(ValueError, match="block needs a class"):
        chunked_cross_entropy(hidden, weight, TARGETS, chunk=0)
    with pytest.raises(ValueError, match="expected a sample"):
        sampled_softmax_loss(hidden, weight, TARGETS, sampled[:0])
    with pytest.raises(ValueError, match="sampled classes"):
        sampled_softmax_loss(hidden, weight, TARGETS, sampled + 20)
    with pytest.raises(ValueError, match="alpha at least 0"):
        self_normalized_loss(hidden, TARGETS, -1.0)
    with pytest.raises(ValueError, match="k at least 0"):
        hard_negative_mining(bias, -1)
    with pytest.raises(ValueError, match="not a number"):
        hard_negative_mining(bias * torch.nan, 1)

"""Slow networks against torch's average, the queue against a list, MoCo against cross-entropy."""

from collections import deque

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlcore.representation import FeatureQueue, MoCo, ema_update
from tests.parity import assert_close


def network(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 2)).double()


@pytest.mark.reference("torch.optim.swa_utils.AveragedModel", of="dlcore.representation.ema_update")
def test_the_slow_network_is_the_moving_average(generator):
    fast, slow = network(0), network(0)
    reference = AveragedModel(fast, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    reference.update_parameters(fast)  # the first call copies
    for _ in range(3):
        with torch.no_grad():
            for p in fast.parameters():
                p += torch.randn(p.shape, dtype=p.dtype, generator=generator)
        fast(torch.randn(7, 3, dtype=torch.float64, generator=generator))
        reference.update_parameters(fast)
        ema_update(slow, fast, 0.9)
    for name, value in reference.module.state_dict().items():
        assert_close(slow.state_dict()[name], value)


def test_the_ends_and_a_shared_parameter():
    slow, fast = network(0), network(1)
    before = slow[0].weight.clone()
    ema_update(slow, fast, 1.0)
    assert torch.equal(slow[0].weight, before)
    ema_update(slow, fast, 0.0)
    assert torch.equal(slow[0].weight, fast[0].weight)
    assert slow[0].weight is not fast[0].weight
    tied, source = (nn.Sequential(*[nn.Linear(2, 2, bias=False)] * 2) for _ in range(2))
    nn.init.zeros_(tied[0].weight)
    nn.init.ones_(source[0].weight)
    ema_update(tied, source, 0.75)
    assert_close(tied[1].weight, torch.full((2, 2), 0.25))


@pytest.mark.reference("collections.deque", of="dlcore.representation.FeatureQueue")
def test_the_queue_keeps_the_last(generator):
    queue, model = FeatureQueue(5, 2), deque(maxlen=5)
    assert queue.features().shape == (0, 2)
    for n in (2, 0, 2, 3, 5, 1, 12, 4):
        keys = torch.randn(n, 2, generator=generator, requires_grad=True)
        queue.push(keys)
        model.extend(keys.detach())
        held = queue.features()
        assert len(queue) == len(model) == len(held)
        assert torch.equal(held, torch.stack(list(model)))
        assert not held.requires_grad
    copy = FeatureQueue(5, 2)
    copy.load_state_dict(queue.state_dict())
    assert torch.equal(copy.features(), queue.features())


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.representation.MoCo")
def test_the_key_stands_first_among_the_queue(generator):
    encoder, head = nn.Linear(4, 3), nn.Linear(3, 2)
    model = MoCo(encoder, head, dim=2, queue_size=6, momentum=0.9, temperature=0.5)
    v1, v2, old = torch.randn(3, 5, 4, generator=generator)
    model(old, old)
    negatives = F.normalize(model.keys(old))
    assert_close(model.queue.features(), negatives)
    nn.init.constant_(head.weight, 0.3)
    q, k = F.normalize(head(encoder(v1))), F.normalize(model.keys(v2))
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ negatives.T], dim=1) / 0.5
    loss = model(v1, v2)
    assert_close(loss, F.cross_entropy(logits, torch.zeros(5, dtype=torch.long)), rtol=1e-5)
    assert_close(model.queue.features(), torch.cat([negatives[-1:], k]), rtol=1e-6)
    loss.backward()
    assert encoder.weight.grad.any()
    assert all(p.grad is None for p in model.keys.parameters())
    before = model.keys[1].weight.clone()
    model.update_target()
    assert_close(model.keys[1].weight, 0.9 * before + 0.1 * head.weight, rtol=1e-6)


def test_judging_leaves_the_queue_alone(generator):
    model = MoCo(nn.Linear(4, 3), nn.Identity(), dim=3).eval()
    v = torch.randn(6, 4, generator=generator)
    model(v, v)
    assert len(model.queue) == 0


@pytest.mark.bad_input
def test_what_does_not_fit():
    net = nn.Linear(2, 2)
    for call, message in (
        (lambda: ema_update(net, net, 1.5), r"momentum must lie in \[0, 1\]"),
        (lambda: ema_update(net, nn.Linear(2, 3), 0.5), "networks differ"),
        (lambda: FeatureQueue(0, 3), "at least 1"),
        (lambda: FeatureQueue(4, 3).push(torch.ones(2, 2)), r"takes vectors \(n, 3\)"),
        (lambda: MoCo(net, net, dim=2, momentum=-0.1), "momentum in"),
        (lambda: MoCo(net, net, dim=2, temperature=0.0), "positive temperature"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

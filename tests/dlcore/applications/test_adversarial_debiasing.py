"""The gradients of encoder and adversary, each computed apart."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore.applications import AdversarialDebiasing, DebiasedOutput
from tests.parity import assert_close


@pytest.mark.reference("torch.autograd.grad", of="dlcore.applications.AdversarialDebiasing")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.applications.DebiasedOutput")
def test_the_encoder_climbs_what_the_adversary_descends(generator):
    torch.manual_seed(0)
    encoder, classifier, adversary = nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(3, 2)
    x = torch.randn(20, 4, generator=generator)
    y = torch.randint(2, (20,), generator=generator)
    group = torch.randint(2, (20,), generator=generator)
    of_classes = F.cross_entropy(classifier(encoder(x)), y)
    of_groups = F.cross_entropy(adversary(encoder(x)), group)
    model = AdversarialDebiasing(encoder, classifier, adversary, weight=0.7)
    output = model(x)
    assert isinstance(output, DebiasedOutput)
    assert torch.equal(output.group_logits, adversary(encoder(x)))
    loss = model.loss(x, y, group)
    assert_close(loss, of_classes + of_groups, rtol=1e-6)
    loss.backward()
    for layer, weights in ((encoder, (1, -0.7)), (classifier, (1, 0)), (adversary, (0, 1))):
        for p in layer.parameters():
            parts = [
                torch.autograd.grad(part, p, retain_graph=True, allow_unused=True)[0]
                for part in (of_classes, of_groups)
            ]
            expected = sum(w * g for w, g in zip(weights, parts, strict=True) if g is not None)
            assert_close(p.grad, expected, rtol=1e-4, atol=1e-6)

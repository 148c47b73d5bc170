"""A distribution of binary vectors, summed over all of them."""

import pytest
import torch
from scipy import stats

from dlcore.generative import BinaryMADE


def random_model():
    torch.manual_seed(0)
    model = BinaryMADE(4, (9,)).double()
    with torch.no_grad():
        for p in model.parameters():
            p.normal_()
    return model, torch.cartesian_prod(*[torch.tensor([0.0, 1.0]).double()] * 4)


@pytest.mark.reference("enumeration", of="dlcore.generative.BinaryMADE")
def test_probabilities_of_all_rows(generator):
    model, rows = random_model()
    p = model.log_prob(rows).exp().detach()
    assert p.sum().item() == pytest.approx(1, abs=1e-12)
    logits = model(rows)[..., 0]
    one_by_one = torch.stack(
        [torch.distributions.Bernoulli(logits=logits[:, i]).log_prob(rows[:, i]) for i in range(4)]
    )
    assert torch.allclose(one_by_one.sum(0).exp(), p)
    # the first two coordinates say nothing of the later ones
    pairs = p.reshape(4, 4).sum(1)
    assert torch.allclose(pairs, one_by_one[:2].sum(0).exp()[::4].detach())
    draws = model.sample(4000, generator=generator)
    counts = torch.bincount((draws @ torch.tensor([8.0, 4, 2, 1]).double()).long(), minlength=16)
    common = p > 5 / 4000
    expected = torch.cat([4000 * p[common], 4000 * p[~common].sum(0, keepdim=True) + 1e-9])
    observed = torch.cat([counts[common], counts[~common].sum(0, keepdim=True)])
    # chi-squared at a level of 1e-4, rare rows together
    keep = expected > 1
    statistic = ((observed - expected).square() / expected)[keep].sum().item()
    assert stats.chi2.sf(statistic, int(keep.sum()) - 1) > 1e-4


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="zeros and ones"):
        BinaryMADE(2).log_prob(torch.full((1, 2), 0.5))
    with pytest.raises(ValueError, match=r"got \(1, 3\)"):
        BinaryMADE(2).log_prob(torch.ones(1, 3))

"""The gap between groups against counts by hand and scikit-learn's confusion matrices."""

import pytest
import torch
from sklearn.metrics import confusion_matrix

from dlcore.evaluation import demographic_parity_difference


@pytest.mark.reference(
    "sklearn.metrics.confusion_matrix by group",
    of="dlcore.evaluation.demographic_parity_difference",
)
def test_against_counts_by_group():
    g = torch.Generator().manual_seed(0)
    predictions, group = torch.rand(97, generator=g) > 0.6, torch.randint(3, (97,), generator=g)
    rates = []
    for a in range(3):
        counts = confusion_matrix(
            torch.ones(int((group == a).sum())), predictions[group == a].long(), labels=[0, 1]
        )
        rates.append(counts[1, 1] / counts.sum())
    expected = pytest.approx(max(rates) - min(rates))
    assert demographic_parity_difference(predictions, group) == expected
    assert demographic_parity_difference(predictions.long(), 10 - 7 * group) == expected
    assert demographic_parity_difference(torch.ones(97).long(), group) == 0


@pytest.mark.bad_input
def test_bad_input():
    one, two = torch.ones(3, dtype=torch.long), torch.tensor([0, 1, 1])
    with pytest.raises(ValueError, match="at least two groups, got 1"):
        demographic_parity_difference(two, one)
    with pytest.raises(ValueError, match="predictions must be 0 or 1"):
        demographic_parity_difference(2 * one, two)
    with pytest.raises(ValueError, match=r"got \(3,\) and \(2,\)"):
        demographic_parity_difference(one, two[:2])

"""Classes of look-alikes beside counted tuples."""

from collections import Counter, defaultdict

import pytest
import torch

from dlcore.applications import class_sizes, k_anonymity, l_diversity


@pytest.mark.reference("collections.Counter", of="dlcore.applications.class_sizes")
@pytest.mark.reference("collections.Counter", of="dlcore.applications.k_anonymity")
@pytest.mark.reference("collections.Counter", of="dlcore.applications.l_diversity")
def test_counted_classes(generator):
    records = torch.randint(3, (60, 3), generator=generator)
    sensitive = torch.randint(4, (60,), generator=generator) - 1
    counts = Counter(map(tuple, records.tolist()))
    secrets = defaultdict(set)
    for row, secret in zip(records.tolist(), sensitive.tolist(), strict=True):
        secrets[tuple(row)].add(secret)
    assert class_sizes(records).tolist() == [counts[tuple(row)] for row in records.tolist()]
    assert k_anonymity(records) == min(counts.values())
    assert l_diversity(records, sensitive) == min(map(len, secrets.values()))
    coarse = records[:, :1] // 2
    assert k_anonymity(coarse) == min(Counter(coarse[:, 0].tolist()).values())


@pytest.mark.bad_input
def test_no_table():
    for records in (torch.ones(3, dtype=torch.long), torch.ones(0, 2, dtype=torch.long)):
        with pytest.raises(ValueError, match="must be a table"):
            k_anonymity(records)
        with pytest.raises(ValueError, match="must be a table"):
            class_sizes(records)
    with pytest.raises(ValueError, match="one sensitive value"):
        l_diversity(torch.ones(3, 1, dtype=torch.long), torch.ones(2, dtype=torch.long))

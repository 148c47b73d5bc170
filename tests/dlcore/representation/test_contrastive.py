"""InfoNCE as the cross-entropy of torch over cosines."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore.representation import info_nce_loss
from tests.parity import assert_close, assert_parity


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.representation.info_nce_loss"
)
def test_cross_entropy_of_the_right_candidate(generator):
    q, k = torch.randn(2, 6, 5, generator=generator, dtype=torch.float64)
    shared = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    own = torch.randn(6, 3, 5, generator=generator, dtype=torch.float64)

    def cosines(a, b):
        return F.cosine_similarity(a[:, None], b, dim=-1)

    def in_batch(q, k):
        return F.cross_entropy(cosines(q, k[None]) / 0.1, torch.arange(6))

    def against(negatives, tau):
        def loss(q, k, n):
            others = n[None] if n.ndim == 2 else n
            logits = torch.cat([F.cosine_similarity(q, k)[:, None], cosines(q, others)], 1) / tau
            return F.cross_entropy(logits, torch.zeros(6, dtype=torch.int64))

        return loss

    assert_parity(info_nce_loss, in_batch, q, k)
    for negatives in (shared, own):
        assert_parity(
            lambda q, k, n: info_nce_loss(q, k, n, temperature=0.5),
            against(negatives, 0.5),
            q,
            k,
            negatives,
        )


def test_no_preference_costs_the_log_of_the_number_of_candidates():
    same = torch.ones(9, 4)
    assert_close(info_nce_loss(same, same), math.log(9), rtol=1e-6)
    assert_close(info_nce_loss(same, same, torch.ones(4, 4)), math.log(5), rtol=1e-6)
    apart = torch.eye(4)
    assert float(info_nce_loss(apart, apart, temperature=0.01)) < 1e-6


@pytest.mark.bad_input
def test_what_does_not_fit():
    q = torch.ones(3, 4)
    for call, message in (
        (lambda: info_nce_loss(q, q[:2]), r"expected positives \(3, 4\)"),
        (lambda: info_nce_loss(q, q, torch.ones(5, 3)), r"negatives \(m, 4\)"),
        (lambda: info_nce_loss(q, q, torch.ones(2, 5, 4)), r"\(3, m, 4\)"),
        (lambda: info_nce_loss(q, q, torch.ones(4)), r"negatives \(m, 4\)"),
        (lambda: info_nce_loss(q, q, temperature=0.0), "temperature must be positive"),
        (lambda: info_nce_loss(q[:1], q[:1]), "no other candidate"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

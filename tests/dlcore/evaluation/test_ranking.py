"""Rankings against scikit-learn without ties; with ties against the worst of all orders."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from dlcore import evaluation
from tests.parity import assert_close

NAN, INF = float("nan"), float("inf")
GRADED = [evaluation.precision_at_k, evaluation.recall_at_k, evaluation.dcg, evaluation.ndcg]


def distinct(queries, n, seed):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.stack([torch.randperm(n, generator=generator) for _ in range(queries)])
    return scores.double(), torch.randint(0, 4, (queries, n), generator=generator)


@pytest.mark.reference("sklearn.metrics.dcg_score", of="dlcore.evaluation.dcg")
@pytest.mark.reference("sklearn.metrics.ndcg_score", of="dlcore.evaluation.ndcg")
@settings(max_examples=30)
@given(queries=st.integers(1, 4), n=st.integers(2, 9), seed=st.integers(0, 999))
def test_discounted_gains(queries, n, seed):
    scores, relevance = distinct(queries, n, seed)
    for k in (1, n // 2 + 1, None):
        assert_close(
            evaluation.dcg(scores, relevance, k).mean(),
            metrics.dcg_score(relevance, scores, k=k),
        )
        assert_close(
            evaluation.ndcg(scores, relevance, k).mean(),
            metrics.ndcg_score(relevance, scores, k=k),
        )
        assert_close(
            evaluation.ndcg(scores, relevance, k, gain="exponential").mean(),
            metrics.ndcg_score(2**relevance - 1, scores, k=k),
        )


@pytest.mark.reference(
    "sklearn.metrics.average_precision_score", of="dlcore.evaluation.mean_average_precision"
)
@settings(max_examples=30)
@given(queries=st.integers(1, 4), n=st.integers(2, 9), seed=st.integers(0, 999))
def test_mean_average_precision(queries, n, seed):
    scores, relevance = distinct(queries, n, seed)
    relevant = relevance > 1
    relevant[:, 0] = True
    expected = np.mean(
        [metrics.average_precision_score(r, s) for r, s in zip(relevant, scores, strict=True)]
    )
    assert_close(evaluation.mean_average_precision(scores, relevant), expected)


@pytest.mark.reference("set of the first k", of="dlcore.evaluation.precision_at_k")
@pytest.mark.reference("set of the first k", of="dlcore.evaluation.recall_at_k")
@pytest.mark.reference("place of the first", of="dlcore.evaluation.mrr")
def test_first_places():
    scores, relevance = distinct(20, 8, 3)
    relevant = relevance == 3
    places = []
    for s, r, p3, r3 in zip(
        scores.tolist(),
        relevant.tolist(),
        evaluation.precision_at_k(scores, relevant, 3).tolist(),
        evaluation.recall_at_k(scores, relevant, 3).tolist(),
        strict=True,
    ):
        order = sorted(range(8), key=lambda i: -s[i])
        wanted = {i for i in range(8) if r[i]}
        found = len(wanted & set(order[:3]))
        assert p3 == pytest.approx(found / 3)
        assert r3 == pytest.approx(found / len(wanted) if wanted else 0)
        places.append(next((1 / (1 + order.index(i)) for i in order if i in wanted), 0.0))
    assert evaluation.mrr(scores, relevant) == pytest.approx(np.mean(places))
    seen = [p for p in places if p]
    assert len(seen) < 20
    assert evaluation.mrr(scores, relevant, zero_division=NAN) == pytest.approx(np.mean(seen))


def test_ties_are_put_in_the_worst_order():
    generator = torch.Generator().manual_seed(1)
    measures = [
        *(lambda s, r, f=f: f(s, r, 3).item() for f in GRADED),
        evaluation.mean_average_precision,
        lambda s, r: evaluation.mean_average_precision(s, r, 3),
        evaluation.mrr,
    ]
    for _ in range(10):
        scores = torch.randint(0, 3, (5,), generator=generator)
        relevance = torch.randint(0, 3, (5,), generator=generator)
        orders = [
            torch.tensor(order)
            for order in itertools.permutations(range(5))
            if (scores[list(order)].diff() <= 0).all()
        ]
        places = torch.arange(5.0, 0, -1)
        for measure in measures:
            worst = min(measure(places, relevance[order]) for order in orders)
            assert measure(scores.float(), relevance) == pytest.approx(worst, abs=1e-12)


def test_by_hand():
    six = torch.arange(6.0, 0, -1)
    grades = torch.tensor([3, 2, 3, 0, 1, 2])
    assert evaluation.dcg(six, grades).item() == pytest.approx(6.8611, abs=5e-5)
    assert evaluation.ndcg(six, grades).item() == pytest.approx(0.9608, abs=5e-5)
    exponential = evaluation.dcg(six, grades, gain="exponential")
    assert exponential.item() == pytest.approx(13.848, abs=5e-4)
    hits = torch.tensor([1, 0, 1, 0, 1])
    average = evaluation.mean_average_precision
    assert average(six[:5], hits) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert average(six[:5], hits, 2) == pytest.approx(1 / 2)
    assert average(six[:5], hits, 3) == pytest.approx((1 + 2 / 3) / 3)


def test_padding_changes_nothing():
    scores, relevance = distinct(1, 5, 6)
    longer = torch.cat([scores, torch.full((1, 3), -INF)], dim=1)
    padded = torch.cat([relevance, torch.zeros(1, 3, dtype=torch.long)], dim=1)
    for measure in GRADED:
        assert_close(measure(longer, padded, 4), measure(scores, relevance, 4))
    for measure in (evaluation.mean_average_precision, evaluation.mrr):
        assert measure(longer, padded) == measure(scores, relevance)


def test_queries_without_anything_relevant():
    scores, relevance = torch.tensor([[2.0, 1.0], [2.0, 1.0]]), torch.tensor([[0, 0], [0, 1]])
    assert evaluation.recall_at_k(scores, relevance, 1, zero_division=1.0).tolist() == [1, 0]
    discounted = evaluation.ndcg(scores, relevance, zero_division=NAN)
    assert discounted[0].isnan()
    assert discounted[1].item() == pytest.approx(1 / math.log2(3))
    assert evaluation.mean_average_precision(scores, relevance) == 0.25
    assert evaluation.mean_average_precision(scores, relevance, zero_division=NAN) == 0.5


@pytest.mark.bad_input
def test_bad_input():
    scores, relevance = torch.zeros(2, 3), torch.zeros(2, 3)
    for measure in (*GRADED, evaluation.mean_average_precision):
        with pytest.raises(ValueError, match=r"got \(2, 3\) and \(2, 2\)"):
            measure(scores, relevance[:, :2], 1)
        with pytest.raises(ValueError, match="scores must be finite"):
            measure(scores + INF, relevance, 1)
        with pytest.raises(ValueError, match="scores must be finite"):
            measure(scores * NAN, relevance, 1)
        with pytest.raises(ValueError, match="not negative"):
            measure(scores, relevance - 1, 1)
        for k in (0, 4):
            with pytest.raises(ValueError, match=rf"k must lie in 1\.\.3, got {k}"):
                measure(scores, relevance, k)
    with pytest.raises(ValueError, match="at least one"):
        evaluation.mrr(scores[:0], relevance[:0])
    for measure in (evaluation.dcg, evaluation.ndcg):
        with pytest.raises(ValueError, match="gain must be 'linear' or 'exponential'"):
            measure(scores, relevance, gain="log")

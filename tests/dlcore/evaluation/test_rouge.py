"""ROUGE by hand and by counting; the longest common subsequence by trying all."""

import itertools

import pytest
import torch

from dlcore import evaluation

CAT = ["the", "cat", "sat", "on", "the", "mat"]
REFERENCE = ["the", "cat", "is", "on", "the", "mat"]


def by_trying(a, b):
    """The longest subsequence of a that is one of b."""
    for n in range(len(a), 0, -1):
        for part in itertools.combinations(a, n):
            rest = iter(b)
            if all(token in rest for token in part):
                return n
    return 0


@pytest.mark.reference("all subsequences", of="dlcore.evaluation.longest_common_subsequence")
def test_longest_common_subsequence(generator):
    for _ in range(60):
        sizes = torch.randint(7, (2,), generator=generator).tolist()
        a, b = (torch.randint(3, (s,), generator=generator).tolist() for s in sizes)
        assert evaluation.longest_common_subsequence(a, b) == by_trying(a, b)


@pytest.mark.reference("count", of="dlcore.evaluation.Rouge")
@pytest.mark.reference("count", of="dlcore.evaluation.rouge_n")
def test_rouge_n_by_counting(generator):
    for n in (1, 2, 3):
        a, b = (torch.randint(3, (s,), generator=generator).tolist() for s in (11, 7))
        runs = [[tuple(x[i : i + n]) for i in range(len(x) - n + 1)] for x in (a, b)]
        shared = sum(min(runs[0].count(g), runs[1].count(g)) for g in set(runs[0]))
        precision, recall, f1 = evaluation.rouge_n([a], [b], n)
        assert precision == pytest.approx(shared / len(runs[0]))
        assert recall == pytest.approx(shared / len(runs[1]))
        assert f1 == pytest.approx(2 * precision * recall / (precision + recall))


@pytest.mark.reference("all subsequences", of="dlcore.evaluation.rouge_l")
def test_by_hand():
    assert evaluation.rouge_n([CAT], [REFERENCE]).recall == pytest.approx(5 / 6)
    assert evaluation.rouge_n([CAT], [REFERENCE], 2).recall == pytest.approx(3 / 5)
    longest = by_trying(CAT, REFERENCE) / 6
    assert evaluation.rouge_l([CAT], [REFERENCE]) == pytest.approx((longest,) * 3)
    the = ["the"] * 7
    assert evaluation.rouge_n([the], [REFERENCE]) == pytest.approx((2 / 7, 2 / 6, 4 / 13))
    short = evaluation.rouge_l([CAT[:3]], [REFERENCE])
    assert short == pytest.approx((2 / 3, 1 / 3, 4 / 9))


def test_means_over_pairs_and_nothing_in_common():
    for rouge in (evaluation.rouge_n, evaluation.rouge_l):
        assert rouge([CAT, CAT], [CAT, ["dog"]]) == (0.5, 0.5, 0.5)
        assert rouge([[]], [CAT]) == rouge([CAT], [[]]) == rouge([[]], [[]]) == (0, 0, 0)
    assert evaluation.rouge_n([CAT], [CAT[:2]], 3) == (0, 0, 0)


@pytest.mark.bad_input
def test_bad_input():
    for rouge in (evaluation.rouge_n, evaluation.rouge_l):
        with pytest.raises(ValueError, match="as many references as candidates"):
            rouge([CAT], [])
        with pytest.raises(ValueError, match="at least 1, got 0 and 0"):
            rouge([], [])
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        evaluation.rouge_n([CAT], [CAT], 0)

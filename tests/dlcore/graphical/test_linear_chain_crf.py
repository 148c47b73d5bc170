"""Conditional random field: all sequences of tags, one by one."""

import itertools

import pytest
import torch

from dlcore import graphical
from tests.parity import assert_close

B, T, K = 3, 5, 3
LENGTHS = torch.tensor([5, 3, 1])


@pytest.fixture
def scores(generator):
    unary = 2 * torch.randn(B, T, K, generator=generator, dtype=torch.float64)
    return unary, torch.randn(K, K, generator=generator, dtype=torch.float64)


def all_tags(unary, transitions, length):
    """Every sequence of tags of this length with its score."""
    for tags in itertools.product(range(K), repeat=int(length)):
        own = sum(float(unary[t, tag]) for t, tag in enumerate(tags))
        yield tags, own + sum(float(transitions[a, b]) for a, b in itertools.pairwise(tags))


@pytest.mark.reference("all sequences", of="dlcore.graphical.crf_score")
@pytest.mark.reference("all sequences", of="dlcore.graphical.crf_log_partition")
@pytest.mark.reference("all sequences", of="dlcore.graphical.crf_nll")
@pytest.mark.reference("all sequences", of="dlcore.graphical.crf_marginals")
@pytest.mark.reference("all sequences", of="dlcore.graphical.viterbi_decode")
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_against_enumeration(scores, lengths):
    unary, transitions = scores
    log_z = graphical.crf_log_partition(unary, transitions, lengths)
    marginals = graphical.crf_marginals(unary, transitions, lengths)
    best, score = graphical.viterbi_decode(unary, transitions, lengths)
    for i, length in enumerate([T] * B if lengths is None else lengths.tolist()):
        every = dict(all_tags(unary[i], transitions, length))
        values = torch.tensor(list(every.values()), dtype=torch.float64)
        assert_close(log_z[i], values.logsumexp(0), rtol=1e-12)
        expected = torch.zeros(T, K, dtype=torch.float64)
        for tags, p in zip(every, (values - values.logsumexp(0)).exp(), strict=True):
            for t, tag in enumerate(tags):
                expected[t, tag] += p
        assert_close(marginals[i], expected)
        winner = max(every, key=every.get)
        assert best[i].tolist() == [*winner, *[-1] * (T - length)]
        assert score[i].item() == pytest.approx(every[winner])
        for tags in itertools.islice(every, 0, None, 7):
            padded = torch.tensor([[*tags, *[-1] * (T - length)]])
            given = None if lengths is None else lengths[i : i + 1]
            one = (unary[i : i + 1], transitions, padded, given)
            assert graphical.crf_score(*one).item() == pytest.approx(every[tags])
            nll = graphical.crf_nll(*one).item()
            assert nll == pytest.approx(log_z[i].item() - every[tags], abs=1e-9)


def test_marginals_are_the_gradient_of_the_log_partition(scores):
    unary, transitions = scores
    unary.requires_grad_()
    log_z = graphical.crf_log_partition(unary, transitions, LENGTHS).sum()
    (gradient,) = torch.autograd.grad(log_z, unary)
    assert_close(gradient, graphical.crf_marginals(unary.detach(), transitions, LENGTHS))


def test_one_step_is_cross_entropy(scores):
    unary, transitions = scores
    tags = torch.tensor([[2], [0], [1]])
    nll = graphical.crf_nll(unary[:, :1], transitions, tags)
    expected = torch.nn.functional.cross_entropy(unary[:, 0], tags[:, 0], reduction="none")
    assert_close(nll, expected)


def test_large_scores_neither_overflow_nor_vanish():
    unary = torch.tensor([[[1000.0, -1000.0], [-1000.0, 1000.0], [1000.0, -1000.0]]])
    transitions = torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    assert graphical.crf_log_partition(unary, transitions).tolist() == [3003.0]
    assert graphical.viterbi_decode(unary, transitions)[0].tolist() == [[0, 1, 0]]


@pytest.mark.reference("all sequences", of="dlcore.graphical.LinearChainCRF")
def test_the_layer_adds_ends_and_forbids(scores, generator):
    unary, _ = scores
    allowed = torch.ones(K, K, dtype=torch.bool)
    allowed[0, 2] = False
    crf = graphical.LinearChainCRF(K, allowed, torch.tensor([True, True, False])).double()
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    log_z, (best, score) = crf.log_partition(unary, LENGTHS), crf.viterbi(unary, LENGTHS)
    first, last = crf.first.detach(), crf.last.detach()
    for i, length in enumerate(LENGTHS.tolist()):
        every = {
            tags: value + float(first[tags[0]] + last[tags[-1]])
            for tags, value in all_tags(unary[i], crf.transitions.detach(), length)
            if tags[0] != 2 and (0, 2) not in itertools.pairwise(tags)
        }
        assert_close(log_z[i], torch.tensor(list(every.values()), dtype=torch.float64).logsumexp(0))
        winner = max(every, key=every.get)
        assert best[i, :length].tolist() == list(winner)
        assert score[i].item() == pytest.approx(every[winner])
    tags = best.clamp(min=0)
    loss = crf(unary, tags, LENGTHS)
    assert_close(loss, (log_z - score).mean(), atol=1e-9)
    assert_close(crf.marginals(unary, LENGTHS)[:, 0, 2], torch.zeros(B))
    loss.backward()
    assert crf.transitions.grad[0, 2] == 0
    assert all(p.grad.isfinite().all() and p.grad.any() for p in crf.parameters())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: graphical.crf_log_partition(torch.ones(2, 3), torch.ones(3, 3)),
            r"got \(2, 3\) and \(3, 3\)",
        ),
        (
            lambda: graphical.viterbi_decode(torch.ones(1, 0, 3), torch.ones(3, 3)),
            "t >= 1",
        ),
        (
            lambda: graphical.crf_marginals(
                torch.ones(2, 3, 4), torch.ones(4, 4), torch.tensor([0, 3])
            ),
            r"2 lengths between 1 and 3, got \[0, 3\]",
        ),
        (
            lambda: graphical.crf_score(
                torch.ones(1, 2, 4), torch.ones(4, 4), torch.tensor([[0, 4]])
            ),
            r"0\.\.3",
        ),
        (
            lambda: graphical.crf_nll(torch.ones(1, 2, 4), torch.ones(4, 4), torch.tensor([[0]])),
            r"expected tags \(1, 2\), got \(1, 1\)",
        ),
        (lambda: graphical.LinearChainCRF(0), "at least 1, got 0"),
        (lambda: graphical.LinearChainCRF(2, torch.ones(3, 3) > 0), r"\(2, 2\), got \(3, 3\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()

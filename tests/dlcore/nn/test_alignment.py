"""Alignments by enumeration of what a reader may do, rollout and coverage by hand."""

import itertools
import math

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

D = torch.float64


def alignment_by_enumeration(p):
    """Sum the probabilities of all ways of stopping, of which each moves forward only."""
    t_query, t_key = p.shape
    expected = torch.zeros(t_query, t_key, dtype=D)
    for stops in itertools.product(range(t_key), repeat=t_query):
        for length in range(1, t_query + 1):
            path = stops[:length]
            if any(b < a for a, b in itertools.pairwise(path)) or any(stops[length:]):
                continue
            probability, start = 1.0, 0
            for i, j in enumerate(path):
                probability *= float(p[i, j]) * math.prod(1 - float(x) for x in p[i, start:j])
                start = j
            expected[length - 1, path[-1]] += probability
    return expected


@pytest.mark.reference("enumeration of all readings", of="dlcore.nn.monotonic_alignment")
def test_monotonic_alignment_by_enumeration(generator):
    p = torch.rand(2, 3, 4, generator=generator, dtype=D)
    p[1, 1, 2], p[1, 0, 1] = 1.0, 0.0
    alignment = nn.monotonic_alignment(p)
    for b in range(2):
        assert_close(alignment[b], alignment_by_enumeration(p[b]))
    assert (alignment.sum(-1) <= 1).all()


def test_certain_stops_are_read_one_after_the_other():
    p = torch.tensor([[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    assert nn.monotonic_alignment(p).tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert nn.monotonic_alignment(torch.zeros(2, 0)).shape == (2, 0)
    assert nn.monotonic_alignment(torch.zeros(0, 2)).shape == (0, 2)


def test_gradient_of_the_alignment(generator):
    p = torch.rand(2, 3, generator=generator, dtype=D, requires_grad=True)
    assert torch.autograd.gradcheck(nn.monotonic_alignment, p)


@pytest.mark.reference("torch.linalg.multi_dot", of="dlcore.nn.attention_rollout")
def test_rollout_is_the_product_of_layers_the_last_on_the_left(generator):
    A = torch.softmax(torch.randn(3, 2, 5, 5, generator=generator, dtype=D), -1)
    rollout = nn.attention_rollout(list(A), residual=0.3)
    for b in range(2):
        factors = [0.3 * torch.eye(5, dtype=D) + 0.7 * layer[b] for layer in reversed(list(A))]
        assert_close(rollout[b], torch.linalg.multi_dot(factors))
    assert_close(rollout.sum(-1), torch.ones(2, 5, dtype=D))
    nothing = [torch.zeros(5, 5, dtype=D)] * 3
    assert_close(nn.attention_rollout(nothing, residual=1.0), torch.eye(5, dtype=D))
    causal = nn.attention_rollout([layer.tril() for layer in A])
    assert (causal.triu(1) == 0).all()


@pytest.mark.reference("log(1) + log(0.2) + log(0.1)", of="dlcore.nn.coverage_penalty")
def test_coverage_by_hand():
    weights = torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.1, 0.1]], dtype=D)
    expected = math.log(0.2) + math.log(0.1)
    assert_close(nn.coverage_penalty(weights), torch.tensor(expected, dtype=D))
    assert round(expected, 3) == -3.912
    mask = torch.tensor([[True, True, False], [True, True, True]])
    both = torch.stack([weights, weights])
    assert_close(
        nn.coverage_penalty(both, beta=2.0, key_mask=mask),
        2 * torch.tensor([math.log(0.2), expected], dtype=D),
    )
    assert nn.coverage_penalty(torch.eye(2)) == 0
    assert nn.coverage_penalty(weights[:1]) == -math.inf


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="probabilities must lie between 0 and 1"):
        nn.monotonic_alignment(torch.tensor([[1.5]]))
    with pytest.raises(ValueError, match="residual must lie between 0 and 1, got 2"):
        nn.attention_rollout([torch.eye(2)], residual=2.0)
    with pytest.raises(ValueError, match="expected square weights, got \\[\\]"):
        nn.attention_rollout([])
    with pytest.raises(ValueError, match="expected square weights"):
        nn.attention_rollout([torch.zeros(2, 3)])
    with pytest.raises(ValueError, match=r"key_mask must have shape \(3,\), got \(2,\)"):
        nn.coverage_penalty(torch.zeros(2, 3), key_mask=torch.ones(2, dtype=torch.bool))

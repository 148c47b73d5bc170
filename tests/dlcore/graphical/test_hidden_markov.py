"""Hidden Markov models against all sequences of states."""

import itertools
import math

import pytest
import torch

from dlcore.graphical import (
    HMM,
    HMMFit,
    ViterbiPath,
    hmm_backward,
    hmm_forward,
    hmm_viterbi,
)
from tests.parity import assert_close


def rows(generator, *shape: int) -> torch.Tensor:
    return (
        torch.rand(*shape, dtype=torch.float64, generator=generator).add(0.05).log_softmax(-1).exp()
    )


def model_of(generator, k: int = 3, v: int = 4) -> HMM:
    return HMM(rows(generator, k), rows(generator, k, k), rows(generator, k, v))


def joint(model: HMM, signs, states) -> float:
    p = float(model.initial[states[0]])
    for before, after in itertools.pairwise(states):
        p *= float(model.transition[before, after])
    return p * math.prod(float(model.emission[z, x]) for z, x in zip(states, signs, strict=True))


@pytest.mark.reference("sum over all states", of="dlcore.graphical.HMM")
@pytest.mark.reference("sum over all states", of="dlcore.graphical.hmm_forward")
@pytest.mark.reference("sum over all states", of="dlcore.graphical.hmm_backward")
@pytest.mark.reference("maximum over all states", of="dlcore.graphical.hmm_viterbi")
@pytest.mark.reference("maximum over all states", of="dlcore.graphical.ViterbiPath")
def test_recursions_are_sums_and_maxima_over_states(generator):
    model, signs = model_of(generator), torch.tensor([3, 0, 2, 1, 0])
    every = {z: joint(model, signs.tolist(), z) for z in itertools.product(range(3), repeat=5)}
    total = sum(every.values())
    assert_close(model.log_prob(signs), math.log(total))
    likely = max(every, key=every.get)
    path = model.viterbi(signs)
    assert isinstance(path, ViterbiPath)
    assert tuple(path.states.tolist()) == likely
    assert_close(path.log_prob, math.log(every[likely]))
    expected = torch.zeros(5, 3, dtype=torch.float64)
    for states, p in every.items():
        expected[range(5), list(states)] += p / total
    assert_close(model.posterior(signs), expected)
    scores = model.initial.log(), model.transition.log(), model.emission.log().T[signs]
    assert_close(hmm_viterbi(*scores).log_prob, path.log_prob)
    alpha, beta = hmm_forward(*scores), hmm_backward(*scores[1:])
    for t in range(5):
        for z in range(3):
            past = itertools.product(range(3), repeat=t)
            so_far = sum(joint(model, signs[: t + 1].tolist(), (*s, z)) for s in past)
            assert_close(alpha[t, z], math.log(so_far))
            ahead = every_sum(every, t, z) / so_far
            assert_close(beta[t, z], math.log(ahead), atol=1e-9)


def every_sum(every, t, z) -> float:
    return sum(p for states, p in every.items() if states[t] == z)


def test_scores_may_be_densities_and_have_gradients(generator):
    initial, transition = rows(generator, 2).log(), rows(generator, 2, 2).log()
    density = 3 * torch.randn(4, 2, dtype=torch.float64, generator=generator)
    density.requires_grad_()
    total = hmm_forward(initial, transition, density)[-1].logsumexp(0)
    (share,) = torch.autograd.grad(total, density)
    both = hmm_forward(initial, transition, density) + hmm_backward(transition, density)
    assert_close(share, both.softmax(1).detach())


def test_long_sequences_do_not_underflow(generator):
    model = model_of(generator)
    signs = torch.randint(4, (3000,), generator=generator)
    assert -3000 * 4 < model.log_prob(signs) < -3000 * 0.5


def test_samples_have_the_model_s_frequencies(generator):
    model = model_of(generator, k=2, v=3)
    states, signs = model.sample(3000, generator=generator)
    for z in range(2):
        after = states[1:][states[:-1] == z]
        for counted, row in ((after, model.transition[z]), (signs[states == z], model.emission[z])):
            shares = torch.bincount(counted, minlength=len(row)) / len(counted)
            assert (shares - row).abs().max() < 4 * math.sqrt(0.25 / len(counted))


@pytest.mark.reference("expected counts over all states", of="dlcore.graphical.HMMFit")
def test_a_round_of_baum_welch_is_shares_of_expected_counts(generator):
    model = model_of(generator, k=2, v=3)
    sequences = [torch.tensor([0, 2, 1, 1]), torch.tensor([2, 2, 0])]
    first, pairs, signs_of = torch.zeros(2), torch.zeros(2, 2), torch.zeros(2, 3)
    for signs in sequences:
        every = {
            z: joint(model, signs.tolist(), z)
            for z in itertools.product(range(2), repeat=len(signs))
        }
        for states, p in every.items():
            share = p / sum(every.values())
            first[states[0]] += share
            for a, b in itertools.pairwise(states):
                pairs[a, b] += share
            for z, x in zip(states, signs.tolist(), strict=True):
                signs_of[z, x] += share
    fit = model.baum_welch(sequences, iterations=1)
    assert isinstance(fit, HMMFit)
    assert_close(fit.model.initial, first / 2, rtol=1e-5)
    assert_close(fit.model.transition, pairs / pairs.sum(1, keepdim=True), rtol=1e-5)
    assert_close(fit.model.emission, signs_of / signs_of.sum(1, keepdim=True), rtol=1e-5)
    longer = model.baum_welch(sequences, iterations=30, tol=0.0)
    gains = torch.tensor(longer.log_likelihoods).diff()
    assert (gains > -1e-12).all()
    assert_close(longer.log_likelihoods[-1], sum(longer.model.log_prob(s) for s in sequences))


def test_a_state_that_is_never_visited_keeps_its_rows():
    half = torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    model = HMM(torch.tensor([1.0, 0.0]), torch.tensor([[1.0, 0.0], [0.3, 0.7]]), half)
    fit = model.baum_welch([torch.tensor([0, 1, 1])], iterations=3)
    assert_close(fit.model.transition, model.transition)
    assert_close(fit.model.emission, torch.tensor([[1 / 3, 2 / 3], [0.5, 0.5]]), rtol=1e-5)


@pytest.mark.bad_input
def test_what_does_not_fit():
    half, row = torch.full((2, 2), 0.5), torch.tensor([0.5, 0.5])
    model, sure = HMM(row, half, half), HMM(row, half, torch.tensor([[1.0, 0.0], [1.0, 0.0]]))
    for call, message in (
        (lambda: HMM(row, half[:1], half), r"expected \(2,\), \(2, 2\) and \(2, v\)"),
        (lambda: HMM(row, half, half[:1]), r"expected \(2,\), \(2, 2\) and \(2, v\)"),
        (lambda: HMM(row, 2 * half, half), "rows of transition must be distributions"),
        (lambda: HMM(torch.tensor([1.5, -0.5]), half, half), "rows of initial"),
        (lambda: model.log_prob(torch.tensor([2])), r"signs in 0\.\.1"),
        (lambda: model.viterbi(torch.tensor([], dtype=torch.int64)), "one or more signs"),
        (lambda: model.sample(0), "at least one step"),
        (lambda: model.baum_welch([]), "expected sequences"),
        (lambda: model.baum_welch([torch.tensor([0])], iterations=0), "iterations >= 1"),
        (lambda: sure.posterior(torch.tensor([1])), "probability 0"),
        (lambda: sure.baum_welch([torch.tensor([1, 0])]), "probability 0"),
        (lambda: hmm_forward(row, half, torch.zeros(3, 3)), r"and \(3, 3\)"),
        (lambda: hmm_backward(half, torch.zeros(0, 2)), "at least one step"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

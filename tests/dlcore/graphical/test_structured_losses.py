"""Structured losses and taggers: all sequences of tags, one by one."""

import itertools

import numpy as np
import pytest
import torch

from dlcore import graphical
from tests.parity import assert_close

B, T, K, D = 3, 4, 3, 5
LENGTHS = torch.tensor([4, 2, 1])


def score(unary, transitions, tags):
    own = sum(unary[t, tag] for t, tag in enumerate(tags))
    return own + sum(transitions[a, b] for a, b in itertools.pairwise(tags))


@pytest.fixture
def scores(generator):
    unary = torch.randn(B, T, K, generator=generator, dtype=torch.float64)
    return unary, torch.randn(K, K, generator=generator, dtype=torch.float64)


@pytest.mark.reference("all sequences", of="dlcore.graphical.structured_hinge_loss")
@pytest.mark.parametrize("cost", [0.0, 0.7, 3.0])
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_hinge_against_enumeration(scores, generator, cost, lengths):
    unary, transitions = scores
    tags = torch.randint(K, (B, T), generator=generator)
    if lengths is not None:
        tags[torch.arange(T) >= lengths[:, None]] = -1
    loss = graphical.structured_hinge_loss(unary, transitions, tags, lengths, cost=cost)
    for i, length in enumerate([T] * B if lengths is None else lengths.tolist()):
        right = tags[i, :length].tolist()
        margins = [
            score(unary[i], transitions, y)
            + cost * sum(a != b for a, b in zip(y, right, strict=True))
            for y in itertools.product(range(K), repeat=length)
        ]
        assert_close(loss[i], max(margins) - score(unary[i], transitions, right), atol=1e-9)
    assert (loss > -1e-12).all()


def test_hinge_is_zero_with_enough_margin_and_has_the_perceptrons_gradient(scores):
    unary, transitions = (s.clone().requires_grad_() for s in scores)
    best = graphical.viterbi_decode(unary, transitions)[0]
    sure = 50 * torch.nn.functional.one_hot(best, K).double()
    assert graphical.structured_hinge_loss(sure, transitions, best).abs().max() < 1e-12
    tags = (best + 1) % K
    graphical.structured_hinge_loss(unary, transitions, tags, cost=0.0).sum().backward()
    one_hot = torch.nn.functional.one_hot(torch.stack([best, tags]), K)
    assert_close(unary.grad, (one_hot[0] - one_hot[1]).double())
    counts = [torch.zeros(K, K, dtype=torch.float64) for _ in range(2)]
    for count, sequences in zip(counts, (best, tags), strict=True):
        for sequence in sequences.tolist():
            for a, b in itertools.pairwise(sequence):
                count[a, b] += 1
    assert_close(transitions.grad, counts[0] - counts[1])


@pytest.mark.reference("numpy, all sequences", of="dlcore.graphical.StructuredPerceptron")
@pytest.mark.parametrize("average", [True, False])
def test_perceptron_update_by_update(generator, average):
    X = torch.randn(B, T, D, generator=generator, dtype=torch.float64)
    y = torch.randint(K, (B, T), generator=generator)
    model = graphical.StructuredPerceptron(K, epochs=4, average=average)
    model.fit(X, y, LENGTHS, generator=generator.manual_seed(3))
    generator.manual_seed(3)
    E, A = np.zeros((K, D)), np.zeros((K, K))
    sums, mistakes = [np.zeros_like(E), np.zeros_like(A)], []
    for _ in range(4):
        mistakes.append(0)
        for i in torch.randperm(B, generator=generator).tolist():
            x, right = X[i, : LENGTHS[i]].numpy(), tuple(y[i, : LENGTHS[i]].tolist())
            every = itertools.product(range(K), repeat=len(right))
            said = max(every, key=lambda tags: score(x @ E.T, A, tags))
            if said != right:
                mistakes[-1] += 1
                for t, (good, bad) in enumerate(zip(right, said, strict=True)):
                    E[good] += x[t]
                    E[bad] -= x[t]
                for tags, sign in ((right, 1), (said, -1)):
                    for pair in itertools.pairwise(tags):
                        A[pair] += sign
            sums = [sums[0] + E, sums[1] + A]
    if average:
        E, A = (total / (4 * B) for total in sums)
    assert model.mistakes_ == mistakes
    assert_close(model.emission_, E, atol=1e-9)
    assert_close(model.transitions_, A, atol=1e-9)
    said = model.predict(X, LENGTHS)
    assert torch.equal(
        said, graphical.viterbi_decode(X @ model.emission_.T, model.transitions_, LENGTHS)[0]
    )


def test_the_perceptron_separates_what_can_be_separated(generator):
    X = torch.randn(60, 5, D, generator=generator)
    W, A = torch.randn(K, D, generator=generator), 2 * torch.randn(K, K, generator=generator)
    y = graphical.viterbi_decode(X @ W.T, A)[0]
    clear = graphical.structured_hinge_loss(X @ W.T, A, y, cost=1.0) < 1e-6
    X, y = X[clear][:15], y[clear][:15]
    model = graphical.StructuredPerceptron(K, epochs=25, average=False)
    model.fit(X, y, generator=generator)
    assert model.mistakes_[0] > 0
    assert model.mistakes_[-1] == 0
    assert torch.equal(model.predict(X), y)


def chain_data(n, generator, noise=0.5, steps=7):
    """Tags of a chain in which each of four may be followed by two; tokens that show them badly."""
    allowed = torch.eye(4) + torch.eye(4).roll(1, 1) > 0
    tags = torch.randint(4, (n, 1), generator=generator)
    for _ in range(steps - 1):
        step = torch.randint(2, (n, 1), generator=generator)
        tags = torch.cat([tags, (tags[:, -1:] + step) % 4], dim=1)
    lost = torch.rand(tags.shape, generator=generator) < noise
    tokens = torch.randint(4, tags.shape, generator=generator).where(lost, tags)
    return tokens, tags, allowed


@pytest.mark.reference("softmax at each step", of="dlcore.graphical.BiLSTMCRF")
def test_the_field_on_top_is_right_more_often(generator):
    tokens, tags, allowed = chain_data(1800, generator)
    torch.manual_seed(0)
    model = graphical.BiLSTMCRF(4, 4, 16, 16, allowed=allowed)
    alone = graphical.BiLSTMCRF(4, 4, 16, 16).tagger
    alone.load_state_dict(model.tagger.state_dict())
    parameters = [*model.parameters(), *alone.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.02)
    for i in range(40):
        part = slice(100 * (i % 3), 100 * (i % 3) + 100)
        optimizer.zero_grad()
        loss = model(tokens[part], tags[part])
        per_step = torch.nn.functional.cross_entropy(alone(tokens[part]).mT, tags[part])
        (loss + per_step).backward()
        optimizer.step()
    said, greedy = model.predict(tokens[300:]), alone(tokens[300:]).argmax(2)
    assert allowed[said[:, :-1], said[:, 1:]].all()
    assert not allowed[greedy[:, :-1], greedy[:, 1:]].all()
    whole = [float((s == tags[300:]).all(1).float().mean()) for s in (said, greedy)]
    assert whole[0] > whole[1]


def test_padding_does_not_matter(generator):
    torch.manual_seed(0)
    model = graphical.BiLSTMCRF(7, K, 4, 4)
    tokens = torch.randint(7, (B, T), generator=generator)
    tags = torch.randint(K, (B, T), generator=generator)
    said, loss = model.predict(tokens, LENGTHS), model(tokens, tags, LENGTHS)
    alone = []
    for i, length in enumerate(LENGTHS.tolist()):
        one = tokens[i : i + 1, :length]
        assert said[i].tolist() == [*model.predict(one)[0].tolist(), *[-1] * (T - length)]
        alone.append(model(one, tags[i : i + 1, :length]))
    assert_close(loss, torch.stack(alone).mean(), rtol=1e-5)


@pytest.mark.bad_input
def test_what_does_not_fit():
    zero, tags = torch.zeros(1, 2, K), torch.zeros(1, 2, dtype=torch.long)
    for call, message in (
        (lambda: graphical.structured_hinge_loss(zero, zero[0], tags), r"\(2, 3\)"),
        (lambda: graphical.structured_hinge_loss(zero, torch.eye(K), tags + K), r"0\.\.2"),
        (lambda: graphical.structured_hinge_loss(zero, torch.eye(K), tags, cost=-1), "negative"),
        (lambda: graphical.StructuredPerceptron(0), "at least 1"),
        (lambda: graphical.StructuredPerceptron(2).fit(zero, tags[:, :1]), r"tags \(1, 2\)"),
        (lambda: graphical.BiLSTMCRF(3, 0), "at least 1, got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

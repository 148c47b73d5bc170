"""Episodes by counting; prototypes and matching against scikit-learn, torch and hand values."""

import math

import pytest
import torch
from sklearn.neighbors import NearestCentroid
from torch import nn
from torch.nn import functional as F

from dlcore.representation import (
    EpisodeSampler,
    FewShotTask,
    MatchingNetwork,
    PrototypicalNetwork,
    class_prototypes,
    matching_predict,
    prototypical_loss,
    score_on_tasks,
    train_on_tasks,
)
from dlcore.training import NonFiniteLossError
from tests.parity import assert_close, assert_parity

LABELS = torch.tensor([3, 7, 7, 1, 3, 9, 3, 7, 1, 3, 1, 7, 1, 9, 9, 1, 7])
SUPPORT = torch.tensor([[0.0, 0.0], [2.0, 0.0], [4.0, 4.0], [4.0, 6.0]], dtype=torch.float64)
PAIRS = torch.tensor([0, 0, 1, 1])


@pytest.mark.reference("counts of a draw", of="dlcore.representation.EpisodeSampler")
@pytest.mark.reference("counts of a draw", of="dlcore.representation.FewShotTask")
def test_an_episode_has_new_classes_and_no_example_twice(generator):
    index = torch.arange(len(LABELS))
    sampler = EpisodeSampler(index, LABELS, ways=2, shots=3, queries=1)
    assert sampler.classes.tolist() == [1, 3, 7]
    seen, used = set(), set()
    for _ in range(60):
        task = sampler(generator)
        assert isinstance(task, FewShotTask)
        assert task.support_y.tolist() == [0, 0, 0, 1, 1, 1]
        assert task.query_y.tolist() == [0, 1]
        drawn = torch.cat([task.support_x, task.query_x])
        assert len(drawn.unique()) == 8
        way = torch.cat([task.support_y, task.query_y])
        classes = [LABELS[drawn[way == c]].unique() for c in (0, 1)]
        assert [len(c) for c in classes] == [1, 1]
        seen.add(tuple(int(c) for c in classes))
        used |= set(drawn.tolist())
    assert seen == {(a, b) for a in (1, 3, 7) for b in (1, 3, 7) if a != b}
    assert used == set(index[LABELS != 9].tolist())
    again = [EpisodeSampler(index, LABELS, ways=3, shots=1, queries=3) for _ in range(2)]
    first, second = (s(torch.Generator().manual_seed(5)) for s in again)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.reference(
    "sklearn.neighbors.NearestCentroid", of="dlcore.representation.class_prototypes"
)
@pytest.mark.reference(
    "sklearn.neighbors.NearestCentroid", of="dlcore.representation.PrototypicalNetwork"
)
def test_nearest_mean_of_scikit_learn(generator):
    z = torch.randn(23, 5, generator=generator, dtype=torch.float64)
    y = torch.arange(23) % 4
    query = torch.randn(50, 5, generator=generator, dtype=torch.float64)
    theirs = NearestCentroid().fit(z.numpy(), y.numpy())
    prototypes = class_prototypes(z, y)
    assert_close(prototypes, theirs.centroids_)
    encoder = nn.Linear(5, 3).double()
    scores = PrototypicalNetwork(nn.Identity())(z, y, query)
    assert scores.argmax(1).tolist() == theirs.predict(query.numpy()).tolist()
    linear = 2 * query @ prototypes.T - prototypes.square().sum(1)
    assert_close(scores.log_softmax(1), linear.log_softmax(1), rtol=1e-7)
    model = PrototypicalNetwork(encoder)
    assert_close(
        model(z, y, query),
        -(torch.cdist(encoder(query), class_prototypes(encoder(z), y)) ** 2),
        rtol=1e-6,
    )


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.representation.prototypical_loss"
)
def test_loss_of_prototypes(generator):
    query = torch.tensor([[2.5, 2.0]], dtype=torch.float64)
    p = math.exp(-prototypical_loss(SUPPORT, PAIRS, query, torch.tensor([0])))
    assert p == pytest.approx(0.993307, abs=1e-6)

    def by_hand(support, query):
        means = torch.stack([support[c == PAIRS].mean(0) for c in (0, 1)])
        return F.cross_entropy(-(torch.cdist(query, means) ** 2), torch.tensor([1, 0, 0]))

    queries = torch.randn(3, 2, generator=generator)
    target = torch.tensor([1, 0, 0])
    assert_parity(lambda s, q: prototypical_loss(s, PAIRS, q, target), by_hand, SUPPORT, queries)


@pytest.mark.reference(
    "torch.nn.functional.cosine_similarity", of="dlcore.representation.matching_predict"
)
@pytest.mark.reference(
    "torch.nn.functional.cosine_similarity", of="dlcore.representation.MatchingNetwork"
)
def test_attention_over_the_support(generator):
    support = torch.tensor([[0.9, math.sqrt(0.19)], [0.1, math.sqrt(0.99)]])
    found = matching_predict(support, torch.tensor([0, 1]), torch.tensor([[5.0, 0.0]]))
    assert_close(found, torch.tensor([[0.689974, 0.310026]]), rtol=1e-5)
    labels = torch.tensor([2, 0, 2, 0, 0])

    def by_hand(support, query, temperature=0.5):
        a = (F.cosine_similarity(query[:, None], support, dim=2) / temperature).softmax(1)
        return torch.stack([a[:, labels == c].sum(1) for c in range(4)], 1)

    support, query = torch.randn(5, 3, generator=generator), torch.randn(7, 3, generator=generator)
    assert_parity(
        lambda s, q: matching_predict(s, labels, q, 4, temperature=0.5), by_hand, support, query
    )
    f, g = nn.Linear(3, 6), nn.Linear(3, 6)
    model = MatchingNetwork(g, f, temperature=0.7)
    expected = by_hand(g(support), f(query), 0.7)[:, :3]
    assert_close(model(support, labels, query).exp()[:, [0, 2]], expected[:, [0, 2]], rtol=1e-5)
    assert model(support, labels, query).isfinite().all()
    assert MatchingNetwork(g).query_encoder is g


@pytest.mark.reference("torch.optim.SGD by hand", of="dlcore.representation.train_on_tasks")
def test_steps_on_tasks(generator):
    X = torch.randn(17, 3, generator=generator)
    sampler = EpisodeSampler(X, LABELS, ways=2, shots=2, queries=2)
    ours, theirs = (PrototypicalNetwork(nn.Linear(3, 2)) for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    losses = train_on_tasks(
        ours, sampler, steps=2, tasks_per_step=3,
        optimizer=torch.optim.SGD(ours.parameters(), lr=0.1),
        generator=torch.Generator().manual_seed(4),
    )  # fmt: skip
    source = torch.Generator().manual_seed(4)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1)
    for expected in losses:
        tasks = [sampler(source) for _ in range(3)]
        loss = sum(F.cross_entropy(theirs(*t[:3]), t.query_y) for t in tasks) / 3
        assert_close(expected, loss.item(), rtol=1e-5)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert_close(ours.encoder.weight, theirs.encoder.weight, rtol=1e-4, atol=1e-6)


@pytest.mark.reference("counts of right answers", of="dlcore.representation.score_on_tasks")
def test_scores_of_tasks(generator):
    X = torch.randn(17, 3, generator=generator)
    sampler = EpisodeSampler(X, LABELS, ways=2, shots=1, queries=3)
    model = PrototypicalNetwork(nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.9))).train()
    scores = score_on_tasks(model, sampler, 9, generator=torch.Generator().manual_seed(4))
    assert model.training
    source, linear = torch.Generator().manual_seed(4), model.encoder[0]
    for score in scores.tolist():
        task = sampler(source)
        gap = torch.cdist(linear(task.query_x), linear(task.support_x))
        assert score == pytest.approx((gap.argmin(1) == task.query_y).double().mean().item())
    zeros = score_on_tasks(model, sampler, 2, score=lambda answers, y: answers.shape[0] - len(y))
    assert zeros.tolist() == [0, 0]


@pytest.mark.bad_input
def test_what_does_not_fit():
    X, model = torch.ones(17, 3), PrototypicalNetwork(nn.Identity())
    sampler = EpisodeSampler(X, LABELS, ways=2, queries=1)
    for call, message in (
        (lambda: EpisodeSampler(X[:3], LABELS), "3 examples, 17 labels"),
        (lambda: EpisodeSampler(X, LABELS, shots=0), "numbers from 1"),
        (
            lambda: EpisodeSampler(X, LABELS, ways=3, shots=4, queries=1),
            "of 5 examples, there are 2",
        ),
        (lambda: train_on_tasks(model, sampler, steps=0), "must be at least 1"),
        (lambda: score_on_tasks(model, sampler, 0), "must be at least 1"),
        (lambda: class_prototypes(SUPPORT, PAIRS[:3]), "with s labels"),
        (lambda: class_prototypes(SUPPORT, PAIRS * 2), r"without examples: \[1\]"),
        (lambda: class_prototypes(SUPPORT, PAIRS - 1), "labels must be from 0 to 0"),
        (lambda: prototypical_loss(SUPPORT, PAIRS, X, PAIRS), "with s labels"),
        (lambda: prototypical_loss(SUPPORT, PAIRS, SUPPORT, PAIRS + 1), "from 0 to 1"),
        (lambda: matching_predict(SUPPORT, PAIRS, X), r"queries of shape \(q, 2\)"),
        (lambda: matching_predict(SUPPORT, PAIRS, SUPPORT, 1), "labels must be from 0 to 0"),
        (lambda: matching_predict(SUPPORT, PAIRS, SUPPORT, temperature=0.0), "positive"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    broken = PrototypicalNetwork(nn.Linear(3, 2))
    nn.init.constant_(broken.encoder.weight, math.nan)
    with pytest.raises(NonFiniteLossError):
        train_on_tasks(broken, EpisodeSampler(X, LABELS, ways=2, queries=1), steps=1)

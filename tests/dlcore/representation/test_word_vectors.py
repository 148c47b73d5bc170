"""Skip-gram: pairs by loops, the loss by torch, its minimum in closed form."""

import math
from collections import Counter

import pytest
import torch
from torch.nn import functional as F

from dlcore.representation import (
    SkipGram,
    nearest_words,
    negative_sampling_loss,
    noise_distribution,
    skip_gram_pairs,
    train_skip_gram,
)
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("loops over the text", of="dlcore.representation.skip_gram_pairs")
def test_pairs_are_all_neighbours(generator):
    text = torch.randint(5, (30,), generator=generator)
    for window in (1, 3, 40):
        expected = Counter(
            (text[i].item(), text[j].item())
            for i in range(30)
            for j in range(30)
            if 0 < abs(i - j) <= window
        )
        assert Counter(map(tuple, skip_gram_pairs(text, window).tolist())) == expected
    assert skip_gram_pairs(text[:1]).shape == (0, 2)


@pytest.mark.reference("worked by hand", of="dlcore.representation.noise_distribution")
def test_noise_is_flatter_than_the_words():
    counts = torch.tensor([81, 16, 0, 1])
    assert_close(noise_distribution(counts), torch.tensor([27.0, 8.0, 0.0, 1.0]) / 36, rtol=1e-6)
    assert_close(noise_distribution(counts, 1.0), counts / 98, rtol=1e-6)
    assert_close(noise_distribution(counts, 0.0), torch.tensor([1.0, 1.0, 0.0, 1.0]) / 3, rtol=1e-6)


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy_with_logits",
    of="dlcore.representation.negative_sampling_loss",
)
def test_the_loss_is_logistic_regression(generator):
    v, u = torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    noise = torch.randn(5, 4, 3, generator=generator, dtype=torch.float64)

    def logistic(v, u, noise):
        logits = (v[:, None] * torch.cat([u[:, None], noise], dim=1)).sum(dim=2)
        real = torch.zeros_like(logits)
        real[:, 0] = 1
        return F.binary_cross_entropy_with_logits(logits, real, reduction="sum") / 5

    assert_parity(negative_sampling_loss, logistic, v, u, noise)


@pytest.mark.reference(
    "Levy and Goldberg's closed form", of="dlcore.representation.negative_sampling_loss"
)
def test_the_expected_loss_is_smallest_at_shifted_information(generator):
    joint = torch.rand(4, 4, generator=generator, dtype=torch.float64)
    joint = joint / joint.sum()
    q, k = noise_distribution(joint.sum(0)), 3
    best = (joint / (joint.sum(1, keepdim=True) * q)).log() - math.log(k)
    contexts = best.T.clone().requires_grad_()  # with unit vectors as centres v^T u is an entry
    centres = torch.eye(4, dtype=torch.float64)
    loss = sum(
        joint[w, c] * q[n]
        * negative_sampling_loss(centres[w, None], contexts[c, None], contexts[n].expand(1, k, 4))
        for w in range(4) for c in range(4) for n in range(4)
    )  # fmt: skip
    (gradient,) = torch.autograd.grad(loss, contexts)
    assert gradient.abs().max() < 1e-12


@pytest.mark.reference("torch.nn.functional.embedding", of="dlcore.representation.SkipGram")
def test_the_model_looks_its_vectors_up(generator):
    model = SkipGram(7, 3)
    assert model.centres.weight.abs().max() <= 0.5 / 3
    assert not model.contexts.weight.any()
    torch.nn.init.normal_(model.contexts.weight, generator=generator)
    w, c = torch.tensor([1, 2, 1]), torch.tensor([0, 5, 6])
    noise = torch.randint(7, (3, 4), generator=generator)
    table = model.contexts.weight
    expected = negative_sampling_loss(
        F.embedding(w, model.centres.weight), F.embedding(c, table), F.embedding(noise, table)
    )
    assert torch.equal(model(w, c, noise), expected)


@pytest.mark.reference("the grammar that made the text", of="dlcore.representation.train_skip_gram")
def test_words_of_one_kind_end_up_together(generator):
    # sentences "a b": words 0-2 stand before 3-5, words 6-8 before 9-11
    kind = torch.randint(2, (600,), generator=generator)
    which = torch.randint(3, (2, 600), generator=generator)
    text = torch.stack([6 * kind + which[0], 6 * kind + 3 + which[1]], dim=1).flatten()
    torch.manual_seed(0)
    model = train_skip_gram(
        text, 12, 8, window=1, epochs=10, batch_size=128, lr=0.03, progress=False,
        generator=generator,
    )  # fmt: skip
    vectors = model.centres.weight.detach()
    for word in range(12):
        near = nearest_words(vectors, vectors[word], k=2, exclude=[word])
        assert set(near.tolist()) == {3 * (word // 3) + i for i in range(3)} - {word}


@pytest.mark.reference(
    "torch.nn.functional.cosine_similarity", of="dlcore.representation.nearest_words"
)
def test_nearest_by_cosine(generator):
    vectors = torch.randn(20, 4, generator=generator)
    query = vectors[1] - vectors[2] + vectors[3]
    ranked = F.cosine_similarity(vectors, query[None]).argsort(descending=True).tolist()
    expected = [i for i in ranked if i not in (1, 2, 3)][:4]
    assert nearest_words(vectors, query, 4, exclude=[1, 2, 3]).tolist() == expected


@pytest.mark.bad_input
def test_what_does_not_fit():
    text = torch.arange(5)
    v = torch.ones(3, 2)
    for call, message in (
        (lambda: skip_gram_pairs(text, 0), "window of at least 1"),
        (lambda: skip_gram_pairs(text[None]), r"tokens \(t,\)"),
        (lambda: noise_distribution(torch.zeros(3)), "one is positive"),
        (lambda: noise_distribution(torch.tensor([1.0, -1.0])), "not negative"),
        (lambda: negative_sampling_loss(v, v, v), r"\(n, k, d\)"),
        (lambda: negative_sampling_loss(v, v, torch.ones(3, 4, 1)), r"\(n, k, d\)"),
        (lambda: SkipGram(0, 3), "at least 1"),
        (lambda: train_skip_gram(text[:1], 5), "0 pairs"),
        (lambda: train_skip_gram(text, 4), r"0\.\.3"),
        (lambda: nearest_words(v, torch.ones(3)), r"query \(d,\)"),
        (lambda: nearest_words(v, v[0], k=3, exclude=[0]), r"1\.\.2"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

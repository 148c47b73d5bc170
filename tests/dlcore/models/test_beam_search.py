"""Beam search against enumeration and Viterbi; decoders by hand-made distributions."""

import itertools
import math

import pytest
import torch

from dlcore import models
from tests.parity import assert_close

EOS = 0


def markov(generator, vocabulary, sharpness=1.5):
    """A step that sees only the last token, and its log-probabilities."""
    scores = sharpness * torch.randn(
        vocabulary, vocabulary, generator=generator, dtype=torch.float64
    )
    log_p = scores.log_softmax(dim=1)
    return (lambda prefixes: log_p[prefixes[:, -1]]), log_p


def by_enumeration(log_p, first, steps, eos=None):
    """All sequences of so many steps, or ended before, with their log-probabilities."""
    found = {}
    for tail in itertools.product(range(len(log_p)), repeat=steps):
        tail = tail[: tail.index(eos) + 1] if eos in tail else tail
        path = (first, *tail)
        found[tail] = sum(log_p[a, b].item() for a, b in itertools.pairwise(path))
    return sorted(found.items(), key=lambda item: -item[1])


def tree_step(tree):
    """A step from a dict: prefix -> probabilities; the given token 9 does not count."""
    return lambda prefixes: torch.tensor(
        [tree[tuple(row)] for row in prefixes[:, 1:].tolist()], dtype=torch.float64
    ).log()


START = torch.tensor([1])


@pytest.mark.reference("exhaustive enumeration", of="dlcore.models.beam_search")
@pytest.mark.reference("exhaustive enumeration", of="dlcore.models.BeamSearch")
@pytest.mark.reference("exhaustive enumeration", of="dlcore.models.Hypothesis")
@pytest.mark.parametrize("eos", [None, EOS])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_a_beam_wide_enough_is_exact(eos, alpha, generator):
    for _ in range(4):
        step, log_p = markov(generator, 3)
        found = models.beam_search(
            step, START, beam_size=3**3, eos=eos, max_new=4, alpha=alpha, penalty="power"
        )
        expected = [
            (tail, total, total / len(tail) ** alpha)
            for tail, total in by_enumeration(log_p, 1, 4, eos)
        ]
        tail, total, score = max(expected, key=lambda item: item[2])
        best = found.hypotheses[0]
        assert tuple(best.tokens[1:].tolist()) == tail
        assert_close(best.log_prob, total)
        assert_close(best.score, score)
        assert best.finished == (eos is not None and tail[-1] == eos)
        scores = [h.score for h in found.hypotheses]
        assert scores == sorted(scores, reverse=True)
        totals = {t: p for t, p, _ in expected}
        for h in found.hypotheses:
            assert_close(h.log_prob, totals[tuple(h.tokens[1:].tolist())])


def test_the_best_path_is_viterbis(generator):
    step, log_p = markov(generator, 4)
    best = log_p[1]
    for _ in range(5):
        best = (best[:, None] + log_p).amax(dim=0)
    found = models.beam_search(step, START, beam_size=4**3, max_new=6)
    assert_close(found.hypotheses[0].log_prob, best.max())


@pytest.mark.reference("beam of width 1", of="dlcore.models.greedy_decode")
def test_a_beam_of_one_is_greedy(generator):
    for _ in range(10):
        step, log_p = markov(generator, 5)
        for eos in (None, EOS):
            beam = models.beam_search(step, START, beam_size=1, eos=eos, max_new=8).hypotheses[0]
            greedy = models.greedy_decode(step, START, eos=eos, max_new=8)
            assert torch.equal(beam.tokens, greedy)
            tokens = [1]
            while len(tokens) < 9 and (len(tokens) == 1 or tokens[-1] != eos):
                tokens.append(int(log_p[tokens[-1]].argmax()))
            assert greedy.tolist() == tokens


def test_beam_finds_what_greedy_misses():
    tree = {(): [0.45, 0.55], (0,): [0.9, 0.1], (1,): [0.5, 0.5]}
    start = torch.tensor([9])
    for width, tokens, p in ((1, [1, 0], 0.275), (2, [0, 0], 0.405)):
        best = models.beam_search(tree_step(tree), start, beam_size=width, max_new=2).hypotheses[0]
        assert best.tokens[1:].tolist() == tokens
        assert_close(math.exp(best.log_prob), p)


def test_a_wider_beam_may_be_worse():
    tree = {(): [0.40, 0.36, 0.24, 0.0, 0.0]}
    tree |= {(0,): [0.4, 0.3, 0.3, 0, 0], (1,): [0.5, 0.5, 0, 0, 0], (2,): [0.34, 0.33, 0.33, 0, 0]}
    for first, second in itertools.product(range(3), range(3)):
        flat = [0.25, 0.25, 0.25, 0.25, 0.0]
        tree[first, second] = [1.0, 0, 0, 0, 0] if (first, second) == (0, 0) else flat
    values = []
    for width in (1, 2, 3):
        best = models.beam_search(
            tree_step(tree), torch.tensor([9]), beam_size=width, max_new=3
        ).hypotheses[0]
        values.append(math.exp(best.log_prob))
    assert_close(values, [0.16, 0.045, 0.16])


def test_no_underflow_and_nothing_after_the_end(generator):
    step, log_p = markov(generator, 6)
    log_p[:, EOS] -= 3
    found = models.beam_search(step, START, beam_size=4, eos=EOS, max_new=600, alpha=1.0)
    assert all(math.isfinite(h.log_prob) for h in found.hypotheses)
    for h in found.hypotheses:
        new = h.tokens[1:].tolist()
        assert EOS not in new[:-1]
        assert h.finished == (new[-1] == EOS)
    never = lambda prefixes: torch.tensor([-1e9, 0.0, 0.0]).expand(len(prefixes), 3)  # noqa: E731
    long = models.beam_search(never, START, beam_size=2, max_new=2000).hypotheses[0]
    assert_close(long.log_prob, -2000 * math.log(2), rtol=1e-5)


@pytest.mark.reference("exhaustive enumeration", of="dlcore.models.BeamNode")
def test_the_tree_tells_what_was_looked_at(generator):
    step, log_p = markov(generator, 3)
    found = models.beam_search(step, START, beam_size=2, eos=EOS, max_new=4)
    tree = found.tree

    def path(number):
        return [] if number < 0 else [*path(tree[number].parent), tree[number].token]

    for number, node in enumerate(tree):
        tokens = [1, *path(number)]
        assert node.depth == len(tokens) - 1
        assert node.finished == (node.token == EOS)
        total = sum(log_p[a, b].item() for a, b in itertools.pairwise(tokens))
        assert_close(node.log_prob, total)
        assert node.parent == -1 or (tree[node.parent].kept and not tree[node.parent].finished)
    for depth in range(1, max(node.depth for node in tree) + 1):
        level = [node for node in tree if node.depth == depth]
        kept = [node.log_prob for node in level if node.kept]
        assert len(kept) <= 2
        assert all(n.log_prob <= min(kept) for n in level if not n.kept)


def test_ties_go_to_the_earlier_beginning_and_the_lower_token():
    even = lambda prefixes: torch.zeros(len(prefixes), 3)  # noqa: E731
    found = models.beam_search(even, START, beam_size=4, max_new=2)
    assert [h.tokens[1:].tolist() for h in found.hypotheses] == [[0, 0], [0, 1], [0, 2], [1, 0]]


def test_a_bonus_changes_the_order(generator):
    step, _ = markov(generator, 3)
    plain = models.beam_search(step, START, beam_size=3, max_new=3)
    worst = plain.hypotheses[-1].tokens
    bonus = models.beam_search(
        step, START, beam_size=3, max_new=3, rescore=lambda t: 99.0 * torch.equal(t, worst)
    )
    assert torch.equal(bonus.hypotheses[0].tokens, worst)
    assert_close(bonus.hypotheses[0].score, plain.hypotheses[-1].log_prob + 99)


@pytest.mark.reference("closed form", of="dlcore.models.length_penalty")
def test_length_penalties():
    for length in (1, 4, 8, 31):
        assert_close(models.length_penalty(length), (5 + length) ** 0.6 / 6**0.6)
        assert_close(models.length_penalty(length, 1.0, "power"), length)
        assert models.length_penalty(length, 0.0) == 1
    assert -2.0 / models.length_penalty(4) > -2.6 / models.length_penalty(8)
    assert -2.6 / models.length_penalty(8, 1.0, "power") > -2.0 / 4


@pytest.mark.reference("torch.topk", of="dlcore.models.top_k_filter")
def test_the_k_likeliest(generator):
    z = torch.randn(5, 11, generator=generator)
    for k in (1, 3, 11, 20):
        kept = models.top_k_filter(z, k)
        expected = torch.full_like(z, -torch.inf)
        top = z.topk(min(k, 11), dim=1)
        assert torch.equal(kept, expected.scatter(1, top.indices, top.values))
    assert models.top_k_filter(torch.zeros(4), 2).tolist() == [0, 0, -torch.inf, -torch.inf]


@pytest.mark.reference("enumeration of subsets", of="dlcore.models.top_p_filter")
def test_the_nucleus_is_the_smallest_set(generator):
    for p in (0.1, 0.5, 0.9, 1.0):
        z = torch.randn(7, generator=generator, dtype=torch.float64)
        probabilities = z.softmax(0)
        kept = (models.top_p_filter(z, p) > -torch.inf).nonzero().flatten().tolist()
        size = next(
            n
            for n in range(1, 8)
            if any(
                probabilities[list(s)].sum() >= p - 1e-12
                for s in itertools.combinations(range(7), n)
            )
        )
        assert len(kept) == size
        assert probabilities[kept].sum() >= p - 1e-12
        assert set(kept) == set(z.topk(size).indices.tolist())


@pytest.mark.reference("multinomial frequencies", of="dlcore.models.sample_sequence")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [0.5, 0.3, 0.2]),
        ({"temperature": 0.5}, [25 / 38, 9 / 38, 4 / 38]),
        ({"top_k": 2}, [0.625, 0.375, 0.0]),
        ({"top_p": 0.7}, [0.625, 0.375, 0.0]),
        ({"top_p": 0.4}, [1.0, 0.0, 0.0]),
        ({"temperature": 0}, [1.0, 0.0, 0.0]),
    ],
)
def test_draws_have_the_right_frequencies(options, expected, generator):
    log_p = torch.tensor([0.5, 0.3, 0.2]).log()
    start = torch.zeros(4000, 1, dtype=torch.int64)
    drawn = models.sample_sequence(
        lambda p: log_p.expand(len(p), 3), start, max_new=5, generator=generator, **options
    )[:, 1:]
    shares = drawn.flatten().bincount(minlength=3) / drawn.numel()
    expected = torch.tensor(expected)
    # five standard errors: one false alarm in a million
    assert ((shares - expected).abs() <= 5 * (expected * (1 - expected) / 20_000).sqrt()).all()


def test_sequences_that_have_ended_are_filled_up(generator):
    step, _ = markov(generator, 3)
    start = torch.tensor([[1], [2]]).repeat(20, 1)
    drawn = models.sample_sequence(step, start, eos=EOS, max_new=12, generator=generator)
    for row in drawn[:, 1:].tolist():
        if EOS in row:
            assert not any(row[row.index(EOS) :])
    again = models.sample_sequence(
        step, start, eos=EOS, max_new=12, generator=torch.Generator().manual_seed(5)
    )
    twice = models.sample_sequence(
        step, start, eos=EOS, max_new=12, generator=torch.Generator().manual_seed(5)
    )
    assert torch.equal(again, twice)


@pytest.mark.bad_input
def test_what_does_not_fit(generator):
    step, _ = markov(generator, 3)
    flat = lambda prefixes: torch.zeros(3)  # noqa: E731
    none = lambda prefixes: torch.full((len(prefixes), 3), -torch.inf)  # noqa: E731
    for call, message in (
        (lambda: models.beam_search(step, START, beam_size=0), "at least 1"),
        (lambda: models.beam_search(step, START[None]), r"shape \(t,\)"),
        (lambda: models.beam_search(flat, START), r"shape \(1, V\)"),
        (lambda: models.beam_search(none, START), "no continuation"),
        (lambda: models.greedy_decode(step, START[:0]), "t >= 1"),
        (lambda: models.sample_sequence(step, START, temperature=-1), "temperature"),
        (lambda: models.top_k_filter(torch.zeros(3), 0), "at least 1"),
        (lambda: models.top_p_filter(torch.zeros(3), 0.0), r"\(0, 1\]"),
        (lambda: models.length_penalty(0), "at least 1"),
        (lambda: models.length_penalty(3, penalty="cube"), "'gnmt' or 'power'"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

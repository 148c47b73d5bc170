"""CTC and transducer losses against torch and against the sum over all paths."""

import itertools
import math
from collections import defaultdict

import pytest
import torch
from torch.nn import functional as F

from dlcore.applications import (
    CTCHypothesis,
    ctc_beam_search,
    ctc_collapse,
    ctc_greedy_decode,
    ctc_loss,
    rnnt_loss,
)
from tests.parity import assert_close


def scores(generator, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=generator).log_softmax(-1)


def collapsed(path) -> tuple[int, ...]:
    return tuple(c for c, _ in itertools.groupby(path) if c != 0)


def by_enumeration(log_probs) -> dict[tuple[int, ...], float]:
    """The probability of every text, from all paths."""
    t, k = log_probs.shape
    texts: dict[tuple[int, ...], float] = defaultdict(float)
    for path in itertools.product(range(k), repeat=t):
        texts[collapsed(path)] += math.exp(sum(log_probs[i, c] for i, c in enumerate(path)))
    return texts


@pytest.mark.reference("torch.nn.functional.ctc_loss", of="dlcore.applications.ctc_loss")
def test_the_loss_of_torch_with_lengths_repeats_and_impossible_texts(generator):
    logits = torch.randn(7, 6, 4, dtype=torch.float64, generator=generator).requires_grad_()
    targets = torch.tensor([[1, 2, 3], [3, 3, 1], [2, 2, 2], [2, 1, 1], [1, 2, 1], [3, 3, 9]])
    lengths = torch.tensor([7, 5, 4, 7, 1, 3]), torch.tensor([3, 2, 3, 0, 2, 2])
    for reduction, zero in itertools.product(("none", "sum", "mean"), (False, True)):
        settings = {"reduction": reduction, "zero_infinity": zero}
        ours = ctc_loss(logits.log_softmax(-1), targets, *lengths, **settings)
        theirs = F.ctc_loss(logits.log_softmax(-1), targets.clamp(max=3), *lengths, **settings)
        assert_close(ours, theirs)
        if zero:
            weights = torch.arange(ours.numel()).double().reshape(ours.shape) + 1
            got, expected = (
                torch.autograd.grad((loss * weights).sum(), logits)[0] for loss in (ours, theirs)
            )
            assert_close(got, expected)
    assert ctc_loss(logits, targets, *lengths, reduction="none").isinf().tolist() == [
        False, False, True, False, True, False,
    ]  # fmt: skip


@pytest.mark.reference("sum over all paths", of="dlcore.applications.ctc_loss")
def test_the_loss_is_the_sum_over_paths(generator):
    log_probs = scores(generator, 5, 3)
    texts = by_enumeration(log_probs)
    assert_close(sum(texts.values()), 1.0)
    for text, probability in texts.items():
        target = torch.tensor([[*text, *[0] * (5 - len(text))]])
        one = torch.tensor([1])
        loss = ctc_loss(log_probs[:, None], target, 5 * one, len(text) * one, reduction="sum")
        assert_close(loss, -math.log(probability))
    uniform = torch.full((4, 1, 3), 1 / 3, dtype=torch.float64).log()
    loss = ctc_loss(uniform, torch.tensor([[1, 2]]), 4 * one, 2 * one, reduction="sum")
    assert_close((-loss).exp() * 3**4, 15.0)


def test_another_blank_float32_and_no_probability(generator):
    log_probs = scores(generator, 6, 2, 5).float()
    targets, lengths = (
        torch.tensor([[0, 1, 1], [3, 2, 0]]),
        (torch.tensor([6, 6]), torch.tensor([3, 3])),
    )
    ours = ctc_loss(log_probs, targets, *lengths, blank=4)
    assert_close(ours, F.ctc_loss(log_probs, targets, *lengths, blank=4), rtol=1e-5)
    never = log_probs.clone().requires_grad_()
    gone = never.index_fill(2, torch.tensor([1]), -math.inf)
    losses = ctc_loss(gone, targets, *lengths, blank=4, reduction="none", zero_infinity=True)
    assert losses[0] == 0
    assert torch.autograd.grad(losses.sum(), never)[0].isfinite().all()


@pytest.mark.reference("itertools.groupby", of="dlcore.applications.ctc_collapse")
@pytest.mark.reference("itertools.groupby", of="dlcore.applications.ctc_greedy_decode")
def test_collapsing_merges_before_it_drops(generator):
    for path in itertools.product(range(3), repeat=5):
        assert tuple(ctc_collapse(path)) == collapsed(path)
    assert ctc_collapse([2, 2, 1, 2], blank=2) == [1]
    log_probs = scores(generator, 9, 4, 3)
    best = log_probs.argmax(-1).T.tolist()
    assert ctc_greedy_decode(log_probs) == [list(collapsed(path)) for path in best]
    lengths = torch.tensor([9, 5, 1, 0])
    cut = [list(collapsed(path[:m])) for path, m in zip(best, lengths.tolist(), strict=True)]
    assert ctc_greedy_decode(log_probs, lengths) == cut


@pytest.mark.reference("sum over all paths", of="dlcore.applications.ctc_beam_search")
@pytest.mark.reference("sum over all paths", of="dlcore.applications.CTCHypothesis")
def test_a_wide_beam_knows_every_text(generator):
    log_probs = scores(generator, 5, 3)
    texts = by_enumeration(log_probs)
    found = ctc_beam_search(log_probs, beam_size=10_000)
    assert isinstance(found[0], CTCHypothesis)
    possible = {h.tokens: math.exp(h.log_prob) for h in found if h.log_prob > -math.inf}
    assert possible.keys() == texts.keys()
    for text, probability in possible.items():
        assert_close(probability, texts[text])
    assert [h.log_prob for h in found] == sorted((h.log_prob for h in found), reverse=True)
    narrow = ctc_beam_search(log_probs, beam_size=2)
    assert len(narrow) == 2
    assert all(math.exp(h.log_prob) <= texts[h.tokens] + 1e-12 for h in narrow)
    paths = torch.tensor([[0.6, 0.4], [0.6, 0.4]]).log()
    assert ctc_greedy_decode(paths[:, None]) == [[]]
    assert ctc_beam_search(paths)[0].tokens == (1,)
    assert ctc_beam_search(paths.flip(1), blank=1)[0].tokens == (0,)


@pytest.mark.reference("sum over all walks", of="dlcore.applications.rnnt_loss")
def test_the_transducer_sums_over_walks(generator):
    log_probs = scores(generator, 3, 4, 3, 5).requires_grad_()
    targets, t, u = torch.tensor([[1, 4], [2, 2], [3, 9]]), [4, 3, 1], [2, 2, 1]
    expected = []
    for i in range(3):
        walks = []
        for labels_at in itertools.combinations_with_replacement(range(t[i]), u[i]):
            walk, written = 0.0, 0
            for frame in range(t[i]):
                while written < u[i] and labels_at[written] == frame:
                    walk = walk + log_probs[i, frame, written, targets[i, written]]
                    written += 1
                walk = walk + log_probs[i, frame, written, 0]
            walks.append(walk)
        expected.append(-torch.stack(walks).logsumexp(0))
    reference = torch.stack(expected)
    lengths = torch.tensor(t), torch.tensor(u)
    ours = rnnt_loss(log_probs, targets, *lengths, reduction="none")
    assert_close(ours, reference)
    assert_close(rnnt_loss(log_probs, targets, *lengths), reference.mean())
    assert_close(rnnt_loss(log_probs, targets, *lengths, reduction="sum"), reference.sum())
    got, wanted = (torch.autograd.grad(loss.sum(), log_probs)[0] for loss in (ours, reference))
    assert_close(got, wanted)


@pytest.mark.bad_input
def test_what_does_not_fit():
    log_probs, two = torch.zeros(4, 2, 3), torch.tensor([2, 2])
    targets, lattice = torch.ones(2, 2, dtype=torch.int64), torch.zeros(2, 4, 3, 3)
    for call, message in (
        (lambda: ctc_loss(log_probs, targets, 3 * two, two), "input_lengths must be 2 numbers"),
        (lambda: ctc_loss(log_probs, targets, two[:1], two), "input_lengths must be 2 numbers"),
        (lambda: ctc_loss(log_probs, targets, two, -two), "target_lengths must be 2 numbers"),
        (lambda: ctc_loss(log_probs, 3 * targets, two, two), r"labels must lie in 0\.\.2"),
        (lambda: ctc_loss(log_probs, -targets, two, two), r"labels must lie in 0\.\.2"),
        (lambda: ctc_loss(log_probs, targets, two, two, blank=1), "blank must be a class"),
        (lambda: ctc_loss(log_probs, targets, two, two, blank=3), "blank must be a class"),
        (lambda: ctc_loss(log_probs, targets, two, two, reduction="max"), "reduction must be"),
        (lambda: ctc_greedy_decode(log_probs, 3 * two), "input_lengths must be"),
        (lambda: ctc_beam_search(log_probs[:, 0], 0), "beam_size >= 1"),
        (lambda: ctc_beam_search(log_probs[:, 0], blank=3), r"a blank in 0\.\.2"),
        (lambda: rnnt_loss(lattice, targets[:, :1], two, two), r"expected targets \(2, 2\)"),
        (lambda: rnnt_loss(lattice, targets, 3 * two, two), "input_lengths must be"),
        (lambda: rnnt_loss(lattice, targets, 0 * two, two), "each sequence needs a frame"),
        (lambda: rnnt_loss(lattice, targets, two, 2 * two), "target_lengths must be"),
        (lambda: rnnt_loss(lattice, 3 * targets, two, two), r"labels must lie in 0\.\.2"),
        (lambda: rnnt_loss(lattice, targets, two, two, blank=1), "blank must be a class"),
        (lambda: rnnt_loss(lattice, targets, two, two, reduction="max"), "reduction must be"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

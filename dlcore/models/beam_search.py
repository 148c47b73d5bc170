"""Beam search: the best few beginnings are kept, and all of their continuations compared."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from dlcore.models.decoding import Step, next_log_probs


class Hypothesis(NamedTuple):
    """A sequence that a search has found.

    Attributes:
        tokens: the given and the appended tokens, the end included, shape (t,).
        log_prob: logarithm of the appended tokens' probability, in nats.
        score: log_prob divided by the length penalty, plus what `rescore` adds.
        finished: whether it ends in the end token.
    """

    tokens: Int[Tensor, " t"]
    log_prob: float
    score: float
    finished: bool


class BeamNode(NamedTuple):
    """A continuation that a search has looked at.

    Attributes:
        parent: number of the node it continues, -1 for the given tokens.
        token: what it appends.
        log_prob: of all that has been appended.
        depth: how many tokens have been appended.
        kept: whether it was among the best.
        finished: whether its token is the end.
    """

    parent: int
    token: int
    log_prob: float
    depth: int
    kept: bool
    finished: bool


class BeamSearch(NamedTuple):
    """What a search has found, and how.

    Attributes:
        hypotheses: at most beam_size, best first.
        tree: the continuations looked at that were possible, in their order; those not kept too.
    """

    hypotheses: list[Hypothesis]
    tree: list[BeamNode]


def length_penalty(length: int, alpha: float = 0.6, penalty: str = "gnmt") -> float:
    """What a log-probability is divided by, so that long sequences are not at a loss.

    Args:
        length: number of appended tokens.
        alpha: 0 for no penalty; 1 with "power" for the mean per token.
        penalty: "gnmt" for ((5 + length) / 6)^alpha, "power" for length^alpha.

    Returns:
        The divisor, 1 at length 1.

    Raises:
        ValueError: the length is below 1 or the penalty unknown.

    Equation: :eq:`eq-length-penalty`.
    Section: :ref:`sec-beam-search`.

    Source: Wu et al. (2016), Google's neural machine translation system, arXiv:1609.08144.

    Example:
        >>> round(-2.0 / length_penalty(4), 3), round(-2.6 / length_penalty(8), 3)
        (-1.568, -1.635)

    In production: length_penalty of transformers.GenerationConfig, the "power" form.
    """
    if length < 1:
        raise ValueError(f"length must be at least 1, got {length}")
    if penalty == "gnmt":
        return ((5 + length) / 6) ** alpha
    if penalty == "power":
        return float(length**alpha)
    raise ValueError(f"penalty must be 'gnmt' or 'power', got {penalty!r}")


class _Beam(NamedTuple):
    tokens: tuple[int, ...]
    log_prob: float
    node: int


def beam_search(
    step: Step,
    start: Int[Tensor, " t"],
    *,
    beam_size: int = 5,
    eos: int | None = None,
    max_new: int = 50,
    alpha: float = 0.0,
    penalty: str = "gnmt",
    rescore: Callable[[Tensor], float] | None = None,
) -> BeamSearch:
    """Keep the most probable beginnings, continue them by every token, keep the best again.

    At each depth the unfinished beginnings are continued; of all continuations the beam_size most
    probable stay, less those that have finished before. What ends leaves the beam and competes by
    its score at the end. A step costs beam_size evaluations of the model and beam_size * V
    comparisons. A wider beam need not find a more probable sequence.

    Args:
        step: takes prefixes (b, t), returns logits or log-probabilities of the next token (b, V).
        start: what is given, shape (t,).
        beam_size: how many beginnings are kept.
        eos: the token that ends a sequence; None if all have max_new tokens.
        max_new: how many tokens are appended at most.
        alpha: exponent of the length penalty; 0 for none.
        penalty: its form, see `length_penalty`.
        rescore: what is added to the score of a finished sequence, for example a coverage penalty;
            it gets all its tokens, shape (t,).

    Returns:
        The hypotheses, best first, and the tree of what was looked at. Where scores are equal the
        earlier beginning and the lower token come first.

    Raises:
        ValueError: a number below 1, start or scores of another shape, or no continuation that is
            possible.

    Equation: :eq:`eq-length-penalty`.
    Section: :ref:`sec-beam-search`.

    Source: Graves (2012), Sequence transduction with recurrent neural networks, arXiv:1211.3711;
        Wu et al. (2016), Google's neural machine translation system, arXiv:1609.08144.

    Example:
        >>> first, then = torch.tensor([0.45, 0.55]), torch.tensor([[0.9, 0.1], [0.5, 0.5]])
        >>> step = lambda p: (first.expand(len(p), 2) if p.shape[1] == 1 else then[p[:, -1]]).log()
        >>> for k in (1, 2):
        ...     best = beam_search(step, torch.tensor([0]), beam_size=k, max_new=2).hypotheses[0]
        ...     print(best.tokens[1:].tolist(), round(torch.tensor(best.log_prob).exp().item(), 3))
        [1, 0] 0.275
        [0, 0] 0.405

    In production: model.generate(num_beams=5) of the transformers package.
    """
    if beam_size < 1 or max_new < 1:
        raise ValueError(f"beam_size and max_new must be at least 1: {beam_size}, {max_new}")
    if start.ndim != 1 or len(start) == 0:
        raise ValueError(f"start must have shape (t,) with t >= 1, got {tuple(start.shape)}")
    tree: list[BeamNode] = []
    done: list[_Beam] = []
    beams = [_Beam(tuple(start.tolist()), 0.0, -1)]
    for depth in range(1, max_new + 1):
        beams = _continue(step, start, beams, beam_size - len(done), depth, eos, tree)
        done += [b for b in beams if b.tokens[-1] == eos]
        beams = [b for b in beams if b.tokens[-1] != eos]
        if len(done) >= beam_size or not beams:
            break
    if not done and not beams:
        raise ValueError("step leaves no continuation with a probability above 0")

    def judged(beam: _Beam, finished: bool) -> Hypothesis:
        tokens = torch.tensor(beam.tokens, dtype=start.dtype, device=start.device)
        score = beam.log_prob / length_penalty(len(tokens) - len(start), alpha, penalty)
        bonus = rescore(tokens) if rescore is not None else 0.0
        return Hypothesis(tokens, beam.log_prob, score + float(bonus), finished)

    found = [judged(b, True) for b in done] + [judged(b, False) for b in beams]
    return BeamSearch(sorted(found, key=lambda h: -h.score)[:beam_size], tree)


def _continue(
    step: Step,
    start: Tensor,
    beams: list[_Beam],
    room: int,
    depth: int,
    eos: int | None,
    tree: list[BeamNode],
) -> list[_Beam]:
    """The most probable continuations of these beginnings; all possible ones enter the tree."""
    prefixes = torch.tensor([b.tokens for b in beams], dtype=start.dtype, device=start.device)
    log_p = next_log_probs(step, prefixes).double().cpu()
    totals = (torch.tensor([[b.log_prob] for b in beams], dtype=torch.float64) + log_p).flatten()
    vocabulary = log_p.shape[1]
    order = totals.argsort(descending=True, stable=True)
    best = [int(i) for i in order[:room] if totals[i] > -torch.inf]
    chosen: dict[int, _Beam] = {}
    for index in torch.nonzero(totals > -torch.inf).flatten().tolist():
        parent, token = beams[index // vocabulary], index % vocabulary
        total, kept = totals[index].item(), index in best
        if kept:
            chosen[index] = _Beam((*parent.tokens, token), total, len(tree))
        tree.append(BeamNode(parent.node, token, total, depth, kept, token == eos))
    return [chosen[index] for index in best]

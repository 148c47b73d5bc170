"""Connectionist temporal classification: letters for frames when nobody said which are whose."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

IMPOSSIBLE = -1e30


class CTCHypothesis(NamedTuple):
    """What may have been said.

    Attributes:
        tokens: the labels, without blanks.
        log_prob: the logarithm of the summed probability of the paths that were followed.
    """

    tokens: tuple[int, ...]
    log_prob: float


def check_targets(targets: Tensor, target_lengths: Tensor, classes: int, blank: int) -> None:
    """Complain of real labels that are no classes, or the blank."""
    real = torch.arange(targets.shape[1], device=targets.device) < target_lengths[:, None]
    labels = targets[real]
    if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise ValueError(f"labels must lie in 0..{classes - 1}, got {labels.unique().tolist()}")
    if not 0 <= blank < classes or bool((labels == blank).any()):
        raise ValueError(f"blank must be a class that is no label, got {blank} of {classes}")


def check_lengths(name: str, lengths: Tensor, n: int, most: int) -> None:
    """Complain of lengths that are not n numbers from 0 to `most`."""
    if lengths.shape != (n,) or (n and not 0 <= int(lengths.min()) <= int(lengths.max()) <= most):
        raise ValueError(f"{name} must be {n} numbers in 0..{most}, got {lengths.tolist()}")


def reduce_losses(losses: Tensor, lengths: Tensor, reduction: str) -> Tensor:
    """Losses of sequences as one: "mean" divides each by its target's length first."""
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if reduction == "mean":
        return (losses / lengths.clamp(min=1)).mean()
    raise ValueError(f"reduction must be 'none', 'sum' or 'mean', got {reduction!r}")


def ctc_loss(
    log_probs: Float[Tensor, "t n k"],
    targets: Int[Tensor, "n s"],
    input_lengths: Int[Tensor, " n"],
    target_lengths: Int[Tensor, " n"],
    *,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Float[Tensor, "..."]:
    r"""How surprised a recognizer is by a text, summed over all ways to spread it over the frames.

    A path names one label or the blank for each frame; repetitions are merged, then blanks are
    dropped. The paths of one text are summed by a recursion over the text with blanks put between,
    $l' = (\varnothing, l_1, \varnothing, \dots, l_S, \varnothing)$: a path stays, moves on by one,
    or leaps over a blank that stands between different labels. Everything is done with logarithms.

    Args:
        log_probs: of each class at each frame, shape (t, n, k).
        targets: labels, padded with anything, shape (n, s).
        input_lengths: frames of each sequence, shape (n,).
        target_lengths: labels of each text, shape (n,).
        blank: the class that means "no label".
        reduction: "mean" (each loss divided by its text's length, then the mean), "sum" or "none".
        zero_infinity: whether a text without path counts 0; otherwise infinity.

    Returns:
        A number, or one for each sequence, shape (n,).

    Raises:
        ValueError: lengths or labels out of range, a label that is the blank, unknown reduction.

    Equations: :eq:`eq-ctc`, :eq:`eq-ctc-forward`.
    Section: :ref:`sec-speech-recognition`.

    Source: Graves, Fernández, Gomez, Schmidhuber (2006), Connectionist temporal classification,
        doi:10.1145/1143844.1143891.

    Example:
        >>> log_probs = torch.full((4, 1, 3), 1 / 3).log()
        >>> one = torch.tensor([1])
        >>> loss = ctc_loss(log_probs, torch.tensor([[1, 2]]), 4 * one, 2 * one, reduction="sum")
        >>> round(float((-loss).exp()) * 3**4)  # paths that spell it
        15

    In production: torch.nn.functional.ctc_loss.
    """
    t, n, k = log_probs.shape
    check_lengths("input_lengths", input_lengths, n, t)
    check_lengths("target_lengths", target_lengths, n, targets.shape[1])
    targets, input_lengths, target_lengths = (
        given.to(log_probs.device) for given in (targets, input_lengths, target_lengths)
    )
    check_targets(targets, target_lengths, k, blank)
    extended = targets.new_full((n, 2 * targets.shape[1] + 1), blank)
    extended[:, 1::2] = targets.clamp(0, k - 1)
    leap = torch.zeros_like(extended, dtype=torch.bool)
    leap[:, 2:] = (extended[:, 2:] != blank) & (extended[:, 2:] != extended[:, :-2])
    scores = log_probs.clamp(min=IMPOSSIBLE).gather(2, extended.expand(t, -1, -1))
    pad = torch.nn.functional.pad
    alpha = scores.new_full(extended.shape, IMPOSSIBLE)
    alpha[:, 0] = 0
    for frame in range(t):
        before = pad(alpha, (2, 0), value=IMPOSSIBLE)
        stay, move = before[:, 2:], before[:, 1:-1]
        jump = before[:, :-2].masked_fill(~leap, IMPOSSIBLE)
        after = torch.stack([stay, move, jump]).logsumexp(0) + scores[frame]
        alpha = torch.where((frame < input_lengths)[:, None], after, alpha)
    ends = pad(alpha, (1, 0), value=IMPOSSIBLE).gather(
        1, 2 * target_lengths[:, None] + torch.tensor([0, 1], device=alpha.device)
    )
    losses = -ends.logsumexp(1)
    beyond = 0.0 if zero_infinity else math.inf
    losses = torch.where(losses > -IMPOSSIBLE / 2, losses.new_tensor(beyond), losses)
    return reduce_losses(losses, target_lengths, reduction)


def ctc_collapse(path: Sequence[int], blank: int = 0) -> list[int]:
    """The text that a path spells: repetitions merged first, then blanks dropped.

    Args:
        path: a class for each frame.
        blank: the class that means "no label".

    Returns:
        The labels.

    Equation: :eq:`eq-ctc`.
    Section: :ref:`sec-speech-recognition`.

    Source: Graves, Fernández, Gomez, Schmidhuber (2006), Connectionist temporal classification,
        doi:10.1145/1143844.1143891.

    Example:
        >>> ctc_collapse([0, 3, 3, 0, 3, 1, 1])
        [3, 3, 1]

    In production: torch.unique_consecutive, then a mask.
    """
    previous = [None, *path]
    return [c for before, c in zip(previous, path, strict=False) if c not in (before, blank)]


def ctc_greedy_decode(
    log_probs: Float[Tensor, "t n k"],
    input_lengths: Int[Tensor, " n"] | None = None,
    *,
    blank: int = 0,
) -> list[list[int]]:
    """The text of the single most probable path: the best class of each frame, collapsed.

    Args:
        log_probs: or logits, shape (t, n, k).
        input_lengths: frames of each sequence, shape (n,); default all.
        blank: the class that means "no label".

    Returns:
        A list of labels for each sequence. Another text may be more probable, because many paths
        share its probability: see `ctc_beam_search`.

    Raises:
        ValueError: lengths out of range.

    Equation: :eq:`eq-ctc`.
    Section: :ref:`sec-speech-recognition`.

    Source: Graves, Fernández, Gomez, Schmidhuber (2006), Connectionist temporal classification,
        doi:10.1145/1143844.1143891.

    Example:
        >>> scores = torch.nn.functional.one_hot(torch.tensor([[0], [2], [2], [0], [2]])).float()
        >>> ctc_greedy_decode(scores)
        [[2, 2]]

    In production: torchaudio.models.decoder.
    """
    t, n, _ = log_probs.shape
    if input_lengths is None:
        input_lengths = torch.full((n,), t)
    check_lengths("input_lengths", input_lengths, n, t)
    paths = log_probs.argmax(-1).T.tolist()
    lengths = input_lengths.tolist()
    return [ctc_collapse(path[:m], blank) for path, m in zip(paths, lengths, strict=True)]


def _add(a: float, b: float) -> float:
    """The logarithm of the sum of two numbers given by theirs."""
    low, high = sorted((a, b))
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def ctc_beam_search(
    log_probs: Float[Tensor, "t k"], beam_size: int = 8, *, blank: int = 0
) -> list[CTCHypothesis]:
    """The most probable texts of one sequence, paths of the same text added up on the way.

    Of each text so far two probabilities are kept: of the paths that end in a blank, and of those
    that end in its last label; only after a blank does the same label start a new letter.

    Args:
        log_probs: of each class at each frame, shape (t, k).
        beam_size: texts kept after each frame.
        blank: the class that means "no label".

    Returns:
        Up to beam_size texts, most probable first. With a beam as wide as all texts the
        probabilities are exact, else they are bounds from below.

    Raises:
        ValueError: beam_size below 1 or a blank that is no class.

    Equation: :eq:`eq-ctc`.
    Section: :ref:`sec-speech-recognition`.

    Source: Hannun, Maas, Jurafsky, Ng (2014), First-pass large vocabulary continuous speech
        recognition using bi-directional recurrent DNNs, arXiv:1408.2873.

    Example:
        >>> probs = torch.tensor([[0.6, 0.4], [0.6, 0.4]])
        >>> best = ctc_beam_search(probs.log())[0]  # "a": 0.4 0.6 + 0.6 0.4 + 0.4 0.4 > 0.6 0.6
        >>> best.tokens, round(math.exp(best.log_prob), 2)
        ((1,), 0.64)

    In production: torchaudio.models.decoder.ctc_decoder, with a language model.
    """
    k = log_probs.shape[1]
    if beam_size < 1 or not 0 <= blank < k:
        raise ValueError(
            f"expected beam_size >= 1 and a blank in 0..{k - 1}, got {beam_size, blank}"
        )
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -math.inf)}
    for frame in log_probs.tolist():
        grown: dict[tuple[int, ...], list[float]] = {}

        def put(text: tuple[int, ...], ends_in_label: bool, log_prob: float, grown=grown) -> None:
            both = grown.setdefault(text, [-math.inf, -math.inf])
            both[ends_in_label] = _add(both[ends_in_label], log_prob)

        for text, (after_blank, after_label) in beams.items():
            total = _add(after_blank, after_label)
            put(text, False, total + frame[blank])
            for c in range(k):
                if c == blank:
                    continue
                repeated = bool(text) and text[-1] == c
                if repeated:
                    put(text, True, after_label + frame[c])
                put((*text, c), True, (after_blank if repeated else total) + frame[c])
        ranked = sorted(grown.items(), key=lambda item: -_add(*item[1]))[:beam_size]
        beams = {text: (both[0], both[1]) for text, both in ranked}
    return [CTCHypothesis(text, _add(*both)) for text, both in beams.items()]

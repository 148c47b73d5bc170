"""Sequences of different lengths in one batch: padding, masks, packing, a loss that knows them."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Integer, Shaped
from torch import Tensor

from dlcore.nn.losses import cross_entropy


def pad_sequences(
    sequences: Sequence[Shaped[Tensor, "..."]], padding_value: float = 0
) -> tuple[Shaped[Tensor, "n t ..."], Integer[Tensor, " n"]]:
    """Sequences of different lengths as one tensor, filled up at their ends.

    Args:
        sequences: n tensors of shapes (t_i, ...), alike but for t_i.
        padding_value: what fills the rest.

    Returns:
        The padded tensor (n, t, ...), where t is the greatest length, and the lengths (n,).

    Raises:
        ValueError: there are none, or they differ in more than their length.

    Section: :ref:`sec-padding`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, chapter 10.

    Example:
        >>> pad_sequences([torch.tensor([3, 4, 5]), torch.tensor([6])])
        (tensor([[3, 4, 5],
                [6, 0, 0]]), tensor([3, 1]))

    In production: torch.nn.utils.rnn.pad_sequence.
    """
    if not sequences:
        raise ValueError("there are no sequences to pad")
    rest = {tuple(s.shape[1:]) if s.ndim else None for s in sequences}
    if len(rest) > 1 or None in rest:
        shapes = ", ".join(str(tuple(s.shape)) for s in sequences[:5])
        raise ValueError(f"sequences may differ in length only, got shapes {shapes}")
    lengths = torch.tensor([len(s) for s in sequences], device=sequences[0].device)
    shape = (len(sequences), int(lengths.max()), *sequences[0].shape[1:])
    padded = sequences[0].new_full(shape, padding_value)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded, lengths


def sequence_mask(
    lengths: Integer[Tensor, " n"], max_length: int | None = None
) -> Bool[Tensor, "n t"]:
    """Which places of a padded batch are real.

    Args:
        lengths: how many places each sequence has, shape (n,).
        max_length: the padded length t, by default the greatest of them.

    Returns:
        True where a place is real, shape (n, t).

    Raises:
        ValueError: a length is negative or above max_length.

    Section: :ref:`sec-padding`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, chapter 10.

    Example:
        >>> sequence_mask(torch.tensor([3, 1]))
        tensor([[ True,  True,  True],
                [ True, False, False]])

    In production: torch.arange(t) < lengths[:, None].
    """
    t = int(lengths.max()) if max_length is None else max_length
    if len(lengths) and (int(lengths.min()) < 0 or int(lengths.max()) > t):
        raise ValueError(f"lengths must lie between 0 and {t}, got {lengths.tolist()}")
    return torch.arange(t, device=lengths.device) < lengths[:, None]


def masked_cross_entropy(
    logits: Float[Tensor, "n t k"],
    targets: Integer[Tensor, "n t"],
    mask: Bool[Tensor, "n t"] | None = None,
) -> Float[Tensor, ""]:
    """The mean surprise at the real tokens of a padded batch.

    Args:
        logits: scores of the tokens, shape (n, t, k).
        targets: true tokens, shape (n, t); what stands where the mask is False does not matter.
        mask: True at real tokens, shape (n, t), by default all.

    Returns:
        The mean over all real tokens, whichever sequence they stand in.

    Raises:
        ValueError: shapes that do not fit, no real token, a label out of range.

    Equation: :eq:`eq-cross-entropy`.
    Section: :ref:`sec-padding`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, chapter 10.

    Example:
        >>> masked_cross_entropy(torch.zeros(1, 2, 4), torch.tensor([[1, 0]]))
        tensor(1.3863)

    In production: torch.nn.functional.cross_entropy(..., ignore_index=...).
    """
    if logits.ndim != 3 or targets.shape != logits.shape[:2]:
        raise ValueError(
            "expected logits (n, t, k) and targets (n, t), got "
            f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        )
    mask = torch.ones_like(targets, dtype=torch.bool) if mask is None else mask
    if mask.shape != targets.shape or not mask.any():
        raise ValueError(
            f"the mask must have shape {tuple(targets.shape)} and a True, got {tuple(mask.shape)}"
        )
    return cross_entropy(logits[mask], targets[mask])


class PackedSequences(NamedTuple):
    """A batch without padding, step by step.

    Attributes:
        data: the first step of all sequences, then the second of those that have one, and so on.
        batch_sizes: how many sequences have each step, shape (t,).
        order: the sequences' numbers, longest first, shape (n,).
    """

    data: Shaped[Tensor, "total ..."]
    batch_sizes: Integer[Tensor, " t"]
    order: Integer[Tensor, " n"]


def pack_sequences(
    padded: Shaped[Tensor, "n t ..."], lengths: Integer[Tensor, " n"]
) -> PackedSequences:
    """Only the real steps of a padded batch, so that no work is done on padding.

    Args:
        padded: shape (n, t, ...).
        lengths: how many steps of each sequence are real, at least 1, shape (n,).

    Returns:
        The steps, how many sequences take part in each, and their order.

    Raises:
        ValueError: lengths that are not between 1 and t, or not n of them.

    Section: :ref:`sec-padding`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, chapter 10.

    Example:
        >>> pack_sequences(torch.tensor([[6, 0, 0], [3, 4, 5]]), torch.tensor([1, 3]))[:2]
        (tensor([3, 6, 4, 5]), tensor([2, 1, 1]))

    In production: torch.nn.utils.rnn.pack_padded_sequence.
    """
    if lengths.shape != padded.shape[:1] or int(lengths.min()) < 1:
        raise ValueError(f"expected {len(padded)} lengths of at least 1, got {lengths.tolist()}")
    order = torch.argsort(lengths, descending=True, stable=True)
    real = sequence_mask(lengths[order], padded.shape[1]).T
    steps = padded[order].transpose(0, 1)
    return PackedSequences(steps[real], real.sum(dim=1)[: int(lengths.max())], order)


def unpack_sequences(
    packed: PackedSequences,
) -> tuple[Shaped[Tensor, "n t ..."], Integer[Tensor, " n"]]:
    """The padded batch, with 0 at the ends, that was packed.

    Args:
        packed: what `pack_sequences` made.

    Returns:
        The padded tensor (n, t, ...) in the original order, and the lengths (n,).

    Section: :ref:`sec-padding`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, chapter 10.

    Example:
        >>> packed = pack_sequences(torch.tensor([[6, 0, 0], [3, 4, 5]]), torch.tensor([1, 3]))
        >>> unpack_sequences(packed)[0]
        tensor([[6, 0, 0],
                [3, 4, 5]])

    In production: torch.nn.utils.rnn.pad_packed_sequence.
    """
    data, sizes, order = packed
    n = len(order)
    real = torch.arange(n, device=sizes.device) < sizes[:, None]
    steps = data.new_zeros(len(sizes), n, *data.shape[1:])
    steps[real] = data
    back = torch.argsort(order)
    return steps.transpose(0, 1)[back], real.sum(dim=0)[back]

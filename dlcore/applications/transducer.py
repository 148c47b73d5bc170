"""The transducer's loss: at each frame a recognizer writes any number of labels, then goes on."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.applications.ctc import check_lengths, check_targets


def rnnt_loss(
    log_probs: Float[Tensor, "n t u1 k"],
    targets: Int[Tensor, "n u"],
    input_lengths: Int[Tensor, " n"],
    target_lengths: Int[Tensor, " n"],
    *,
    blank: int = 0,
    reduction: str = "mean",
) -> Float[Tensor, "..."]:
    r"""How surprised a transducer is by a text, summed over all walks through frames and labels.

    At frame t, with u labels written, the model either writes the next label (u grows) or the blank
    (t grows); unlike in CTC its distribution depends on what it has written. A walk ends with the
    blank of the last frame.

    Args:
        log_probs: at each frame after each number of labels, shape (n, t, u + 1, k).
        targets: labels, padded with anything, shape (n, u).
        input_lengths: frames of each sequence, at least 1, shape (n,).
        target_lengths: labels of each text, shape (n,).
        blank: the class that goes on to the next frame.
        reduction: "mean" over the sequences, "sum" or "none".

    Returns:
        A number, or one for each sequence, shape (n,).

    Raises:
        ValueError: shapes that do not fit, lengths or labels out of range, unknown reduction.

    Equation: :eq:`eq-transducer`.
    Section: :ref:`sec-speech-recognition`.

    Source: Graves (2012), Sequence transduction with recurrent neural networks, arXiv:1211.3711.

    Example:
        >>> log_probs = torch.full((1, 3, 3, 2), 0.5).log()
        >>> one = torch.tensor([1])
        >>> loss = rnnt_loss(log_probs, torch.tensor([[1, 1]]), 3 * one, 2 * one)
        >>> round(float((-loss).exp()) * 2**5)  # walks: 2 labels before the blanks of 3 frames
        6

    In production: torchaudio.transforms.RNNTLoss, which fuses it with the softmax.
    """
    n, t, nodes, k = log_probs.shape
    if targets.shape != (n, nodes - 1):
        raise ValueError(f"expected targets {(n, nodes - 1)}, got {tuple(targets.shape)}")
    check_lengths("input_lengths", input_lengths, n, t)
    check_lengths("target_lengths", target_lengths, n, nodes - 1)
    if n and int(input_lengths.min()) < 1:
        raise ValueError(f"each sequence needs a frame, got lengths {input_lengths.tolist()}")
    targets, input_lengths, target_lengths = (
        given.to(log_probs.device) for given in (targets, input_lengths, target_lengths)
    )
    check_targets(targets, target_lengths, k, blank)
    advance = log_probs[..., blank]
    index = targets.clamp(0, k - 1)[:, None, :, None].expand(-1, t, -1, -1)
    write = log_probs[:, :, :-1].gather(3, index)[..., 0]
    rows: list[list[Tensor]] = []
    for frame in range(t):
        row: list[Tensor] = []
        for u in range(nodes):
            ways = []
            if frame:
                ways.append(rows[-1][u] + advance[:, frame - 1, u])
            if u:
                ways.append(row[-1] + write[:, frame, u - 1])
            row.append(torch.stack(ways).logsumexp(0) if ways else log_probs.new_zeros(n))
        rows.append(row)
    alpha = torch.stack([torch.stack(row, 1) for row in rows], 1)
    batch = torch.arange(n, device=alpha.device)
    end = batch, input_lengths - 1, target_lengths
    losses = -(alpha[end] + advance[end])
    if reduction not in ("none", "sum", "mean"):
        raise ValueError(f"reduction must be 'none', 'sum' or 'mean', got {reduction!r}")
    return losses if reduction == "none" else getattr(losses, reduction)()

"""Cross-entropy over many classes: whole, in pieces, from a sample, taught to normalize itself."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint


def _check_classifier(
    hidden: Tensor, weight: Tensor, targets: Tensor, bias: Tensor | None
) -> Tensor:
    """Refuse shapes that do not fit; returns the bias, zeros if there is none."""
    bias = weight.new_zeros(len(weight)) if bias is None else bias
    fits = hidden.ndim == weight.ndim == 2 and hidden.shape[1:] == weight.shape[1:]
    if not fits or targets.shape != hidden.shape[:1] or bias.shape != weight.shape[:1]:
        raise ValueError(
            f"expected hidden (n, d), weight (v, d), targets (n,) and bias (v,), got "
            f"{tuple(hidden.shape)}, {tuple(weight.shape)}, {tuple(targets.shape)} and "
            f"{tuple(bias.shape)}"
        )
    if not len(targets) or not 0 <= int(targets.min()) <= int(targets.max()) < len(weight):
        raise ValueError(f"targets must lie in 0..{len(weight) - 1}, and one is needed")
    return bias


def sampled_softmax_loss(
    hidden: Float[Tensor, "n d"],
    weight: Float[Tensor, "v d"],
    targets: Int[Tensor, " n"],
    sampled: Int[Tensor, " m"],
    log_q: Float[Tensor, " v"] | None = None,
    *,
    bias: Float[Tensor, " v"] | None = None,
) -> Float[Tensor, ""]:
    r"""Cross-entropy among the right class and a sample of others, their logits less $\log q$.

    Without the correction classes that are drawn often would be taught to score low. The sample is
    a set: repeats and the right class itself do not count. With Q as each class's chance to be in
    it, drawn independently, the best scores are those of the whole softmax.

    Args:
        hidden: what the network says, shape (n, d).
        weight: vectors of the classes, shape (v, d); only rows in use are read.
        targets: the right classes, shape (n,).
        sampled: drawn classes, the same for all rows, shape (m,).
        log_q: logarithm of each class's chance to be in the sample, shape (v,), up to a constant;
            by default equal for all. For m draws from q the chance is $1 - (1 - q)^m$.
        bias: of the classes, shape (v,); by default 0.

    Returns:
        The mean over the rows; with all classes in the sample it is the full cross-entropy.

    Raises:
        ValueError: shapes that do not fit, classes that do not exist, or no sample.

    Equation: :eq:`eq-sampled-softmax`.
    Section: :ref:`sec-nce-relatives`.

    Source: Bengio, Senécal (2008), Adaptive importance sampling to accelerate training of a neural
        probabilistic language model, doi:10.1109/TNN.2007.912312; Jean, Cho, Memisevic, Bengio
        (2015), arXiv:1412.2007.

    Example:
        >>> hidden, weight = torch.zeros(2, 3), torch.zeros(10, 3)
        >>> sampled_softmax_loss(hidden, weight, torch.tensor([0, 1]), torch.tensor([2, 3, 4]))
        tensor(1.3863)

    In production: tf.nn.sampled_softmax_loss, torchrec.
    """
    bias = _check_classifier(hidden, weight, targets, bias)
    if sampled.ndim != 1 or not len(sampled):
        raise ValueError(f"expected a sample of classes (m,), got {tuple(sampled.shape)}")
    if not 0 <= int(sampled.min()) <= int(sampled.max()) < len(weight):
        raise ValueError(f"sampled classes must lie in 0..{len(weight) - 1}")
    offset = bias if log_q is None else bias - log_q
    right = (hidden * weight[targets]).sum(1) + offset[targets]
    sampled = sampled.unique()
    others = hidden @ weight[sampled].T + offset[sampled]
    others = others.masked_fill(targets[:, None] == sampled, -torch.inf)
    return (torch.cat([right[:, None], others], 1).logsumexp(1) - right).mean()


def self_normalized_loss(
    logits: Float[Tensor, "n v"], targets: Int[Tensor, " n"], alpha: float = 0.1
) -> Float[Tensor, ""]:
    r"""Cross-entropy $+\ \alpha(\log Z)^2$, so that logits become log-probabilities by themselves.

    Afterwards one score can be read without the sum over the others.

    Args:
        logits: shape (n, v).
        targets: the right classes, shape (n,).
        alpha: weight of the penalty.

    Returns:
        The mean over the rows.

    Raises:
        ValueError: alpha below 0, or shapes that do not fit.

    Equation: :eq:`eq-self-normalized-loss`.
    Section: :ref:`sec-nce-relatives`.

    Source: Devlin, Zbib, Huang, Lamar, Schwartz, Makhoul (2014), Fast and robust neural network
        joint models for statistical machine translation, doi:10.3115/v1/P14-1129.

    Example:
        >>> self_normalized_loss(torch.zeros(1, 4), torch.tensor([0]), alpha=0.5)
        tensor(2.3472)

    In production: the "z-loss" of large language models.
    """
    if alpha < 0 or logits.ndim != 2 or targets.shape != logits.shape[:1]:
        raise ValueError(
            f"expected logits (n, v), targets (n,) and alpha at least 0, got "
            f"{tuple(logits.shape)}, {tuple(targets.shape)} and {alpha}"
        )
    log_Z = logits.logsumexp(1)
    return F.cross_entropy(logits, targets) + alpha * log_Z.square().mean()


def chunked_cross_entropy(
    hidden: Float[Tensor, "n d"],
    weight: Float[Tensor, "v d"],
    targets: Int[Tensor, " n"],
    *,
    bias: Float[Tensor, " v"] | None = None,
    chunk: int = 4096,
) -> Float[Tensor, ""]:
    """The exact cross-entropy with the logits of only some classes at a time in memory.

    The sum in the normalizer is taken a block after the other; gradients compute each block anew.

    Args:
        hidden: what the network says, shape (n, d).
        weight: vectors of the classes, shape (v, d).
        targets: the right classes, shape (n,).
        bias: of the classes, shape (v,); by default 0.
        chunk: classes in a block: n * chunk logits exist at once.

    Returns:
        The mean over the rows.

    Raises:
        ValueError: shapes that do not fit, classes that do not exist, or an empty block.

    Equation: :eq:`eq-chunked-cross-entropy`.
    Section: :ref:`sec-large-vocabulary`.

    Source: Wijmans, Huval, Hertzberg, Koltun, Krähenbühl (2025), Cut your losses in
        large-vocabulary language models, arXiv:2411.09009, which does this in one kernel.

    Example:
        >>> chunked_cross_entropy(torch.zeros(1, 3), torch.zeros(8, 3), torch.tensor([0]), chunk=3)
        tensor(2.0794)

    In production: torch.nn.functional.cross_entropy, or a fused kernel.
    """
    bias = _check_classifier(hidden, weight, targets, bias)
    if chunk < 1:
        raise ValueError(f"a block needs a class, got {chunk}")
    log_Z = hidden.new_full((len(hidden),), -torch.inf)
    for rows, offset in zip(weight.split(chunk), bias.split(chunk), strict=True):
        block = checkpoint(_log_sum, hidden, rows, offset, use_reentrant=False)
        log_Z = torch.logaddexp(log_Z, block)
    right = (hidden * weight[targets]).sum(1) + bias[targets]
    return (log_Z - right).mean()


def _log_sum(hidden: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.addmm(bias, hidden, weight.T).logsumexp(1)

"""Learning what belongs together: the right one of several candidates."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


def info_nce_loss(
    queries: Float[Tensor, "n d"],
    positives: Float[Tensor, "n d"],
    negatives: Float[Tensor, "m d"] | Float[Tensor, "n m d"] | None = None,
    *,
    temperature: float = 0.1,
) -> Float[Tensor, ""]:
    r"""Cross-entropy of picking the query's own partner among candidates, by cosine.

    $-\log \frac{e^{s(q, k_+) / \tau}}{\sum_k e^{s(q, k) / \tau}}$, averaged over the queries. In
    wav2vec the query is what the network says of a hidden frame, the partner that frame's code,
    and the others are codes of other frames.

    Args:
        queries: shape (n, d).
        positives: the partner of each query, shape (n, d).
        negatives: candidates that are wrong, the same for all, shape (m, d), or each query's own,
            shape (n, m, d); by default the partners of the other queries.
        temperature: tau, positive; small ones mind only the hardest candidates.

    Returns:
        The mean loss; the logarithm of the number of candidates if all look alike.

    Raises:
        ValueError: shapes that do not fit, a single candidate, or a temperature that is not
            positive.

    Equation: :eq:`eq-info-nce`.
    Section: :ref:`sec-speech-recognition`.

    Source: van den Oord, Li, Vinyals (2018), Representation learning with contrastive predictive
        coding, arXiv:1807.03748; for speech: Baevski, Zhou, Mohamed, Auli (2020), wav2vec 2.0,
        arXiv:2006.11477.

    Example:
        >>> same = torch.ones(8, 5)
        >>> round(float(info_nce_loss(same, same).exp()), 3)
        8.0

    In production: pytorch_metric_learning.losses.NTXentLoss.
    """
    n, d = queries.shape
    shape = None if negatives is None else tuple(negatives.shape)
    fits = shape is None or (shape[-1] == d and shape[:-2] in ((), (n,)) and len(shape) > 1)
    if positives.shape != (n, d) or not fits:
        raise ValueError(
            f"expected positives ({n}, {d}) and negatives (m, {d}) or ({n}, m, {d}), got "
            f"{tuple(positives.shape)} and {shape}"
        )
    if temperature <= 0:
        raise ValueError(f"the temperature must be positive, got {temperature}")
    q, right = F.normalize(queries, dim=-1), F.normalize(positives, dim=-1)
    if negatives is None:
        if n < 2:
            raise ValueError("a single pair has no other candidate")
        return F.cross_entropy(q @ right.T / temperature, torch.arange(n, device=q.device))
    wrong = F.normalize(negatives, dim=-1)
    other = torch.einsum("nd,nmd->nm" if wrong.ndim == 3 else "nd,md->nm", q, wrong)
    logits = torch.cat([(q * right).sum(-1, keepdim=True), other], 1) / temperature
    return F.cross_entropy(logits, torch.zeros(n, dtype=torch.int64, device=q.device))

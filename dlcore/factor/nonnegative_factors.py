"""Nonnegative matrix factorization: parts that only ever add up."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import require_one_matrix


class NMF(NamedTuple):
    r"""A nonnegative matrix as a product of two, $X \approx WH$.

    Attributes:
        codes: W, how much of each part is in each example, shape (n, k).
        parts: H, shape (k, d), in no particular order and with no particular length.
        losses: at the start and after each step.

    Equation: :eq:`eq-nmf`
    Section: :ref:`sec-nmf`
    """

    codes: Float[Tensor, "n k"]
    parts: Float[Tensor, "k d"]
    losses: list[float]


def nmf(
    X: Float[Tensor, "n d"],
    n_components: int,
    *,
    loss: str = "frobenius",
    start: tuple[Float[Tensor, "n k"], Float[Tensor, "k d"]] | None = None,
    tol: float = 1e-5,
    max_iter: int = 1000,
    generator: torch.Generator | None = None,
) -> NMF:
    r"""Factor a nonnegative matrix by multiplicative updates, which never raise the loss.

    Each entry of W and H is multiplied by the ratio of the negative to the positive part of the
    gradient, so that it stays nonnegative; one that is zero stays zero.

    Args:
        X: examples as rows, no entry negative, shape (n, d).
        n_components: k, the number of parts.
        loss: "frobenius", $\|X - WH\|_F^2$, or "kl",
            $\sum x \ln\frac{x}{\hat x} - x + \hat x$ with $\hat X = WH$.
        start: codes and parts to begin with; default random ones.
        tol: stop when a step lowers the loss by less than this share of the first one.
        max_iter: the most steps.
        generator: draws the start; default torch's global one.

    Returns:
        Codes, parts and losses: a local minimum that depends on the start.

    Raises:
        ValueError: negative entries, an unknown loss, k below 1, or a start of another shape.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equation: :eq:`eq-nmf-updates`
    Section: :ref:`sec-nmf`
    Source: Lee, Seung (1999), Learning the parts of objects by non-negative matrix factorization,
        doi:10.1038/44565; Lee, Seung (2001), Algorithms for non-negative matrix factorization,
        NIPS 13.

    Example:
        >>> X = torch.tensor([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 3.0]])
        >>> found = nmf(X, 2, tol=1e-9, generator=torch.Generator().manual_seed(0))
        >>> (found.codes @ found.parts).round(decimals=2)
        tensor([[1., 2., 0.],
                [2., 4., 0.],
                [0., 0., 3.]])

    In production: sklearn.decomposition.NMF.
    """
    require_one_matrix("nmf", X)
    if not (X >= 0).all():
        raise ValueError(f"nmf: X has negative entries, down to {X.min().item():.3g}")
    if loss not in ("frobenius", "kl") or n_components < 1:
        raise ValueError(
            f"nmf needs loss 'frobenius' or 'kl' and n_components >= 1, got {loss!r} and "
            f"{n_components}"
        )
    W, H = _start(X, n_components, generator) if start is None else start
    if W.shape != (len(X), n_components) or H.shape != (n_components, X.shape[1]):
        raise ValueError(f"nmf: start has shapes {tuple(W.shape)} and {tuple(H.shape)}")
    if not ((W >= 0).all() and (H >= 0).all()):
        raise ValueError("nmf: the start has negative entries")
    losses = [_loss(X, W @ H, loss)]
    for _ in range(max_iter):
        W = W * _ratio(X.T, H.T, W.T, loss).T
        H = H * _ratio(X, W, H, loss)
        losses.append(_loss(X, W @ H, loss))
        if losses[-2] - losses[-1] <= tol * losses[0]:
            return NMF(W, H, losses)
    warn_not_converged("nmf", max_iter, (losses[-2] - losses[-1]) / losses[0], tol)
    return NMF(W, H, losses)


def _start(X: Tensor, k: int, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
    """Entries between half and one and a half of what makes the product as large as X."""
    device = generator.device if generator else torch.device("cpu")
    scale = (X.mean() / k).sqrt()
    W, H = (
        scale * (0.5 + torch.rand(shape, generator=generator, device=device).to(X))
        for shape in ((len(X), k), (k, X.shape[1]))
    )
    return W, H


def _ratio(X: Tensor, W: Tensor, H: Tensor, loss: str) -> Tensor:
    """What H is multiplied by, shape (k, d)."""
    tiny = torch.finfo(X.dtype).eps
    if loss == "frobenius":
        return W.T @ X / (W.T @ W @ H).clamp(min=tiny)
    return W.T @ (X / (W @ H).clamp(min=tiny)) / W.sum(0)[:, None].clamp(min=tiny)


def _loss(X: Tensor, Y: Tensor, loss: str) -> float:
    if loss == "frobenius":
        return float((X - Y).square().sum())
    Y = Y.clamp(min=torch.finfo(X.dtype).eps)
    return float((torch.special.xlogy(X, X / Y) - X + Y).sum())

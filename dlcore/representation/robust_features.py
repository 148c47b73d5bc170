"""Do features stay when they should, and move no faster than their input?"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import grad


def invariance_score(
    features: Float[Tensor, "n ..."], moved: Float[Tensor, "n ..."]
) -> Float[Tensor, ""]:
    r"""How little a change of the inputs moves their features, against how far examples differ.

    $1 - \mathbb E \lVert f(Tx) - f(x) \rVert^2 / \mathbb E \lVert f(x) - f(x') \rVert^2$ with
    different examples x and x'. With the features moved in the same way, T f(x), in place of f(x)
    it measures equivariance.

    Args:
        features: f(x) of n examples, shape (n, ...), n at least 2.
        moved: f(Tx) of the same examples changed, of the same shape.

    Returns:
        1 if nothing moves, 0 if an example moves as far as another one is away, below if farther.

    Raises:
        ValueError: shapes that differ, fewer than 2 examples, features that are the same for all
            and yet moved.

    Equation: :eq:`eq-invariance-score`.
    Section: :ref:`sec-desirable-properties`.

    Source: Goodfellow, Le, Saxe, Lee, Ng (2009), Measuring invariances in deep networks, NIPS 22,
        counts firing units instead.

    Example:
        >>> x = torch.tensor([[0.0], [2.0]])
        >>> invariance_score(x, x + 1)
        tensor(0.7500)

    In production: torch.nn.functional.mse_loss over twice the features' variance.
    """
    if features.shape != moved.shape or features.ndim < 2 or len(features) < 2:
        raise ValueError(
            "expected two tensors of one shape (n, ...) with n at least 2, got "
            f"{tuple(features.shape)} and {tuple(moved.shape)}"
        )
    way = (moved - features).flatten(1).square().sum(dim=1).mean()
    spread = 2 * features.flatten(1).var(dim=0).sum()
    if way == 0:
        return torch.ones_like(way)
    if spread == 0:
        raise ValueError("invariance_score: the features do not differ between examples")
    return 1 - way / spread


def lipschitz_estimate(
    f: Callable[[Tensor], Tensor],
    x: Float[Tensor, "n ..."],
    *,
    iterations: int = 30,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " n"]:
    r"""How fast a function changes at each example: the largest singular value of its Jacobian.

    By power iteration with products of the Jacobian and vectors, without the matrix itself. It
    approaches the value from below; the Lipschitz constant is the largest value over all inputs.

    Args:
        f: maps a batch (n, ...) to (n, ...), each example by itself: batch normalization must be in
            evaluation mode.
        x: examples, shape (n, ...).
        iterations: steps of the power iteration.
        generator: source of the first directions; by default torch's global one.

    Returns:
        $\max_v \lVert J v \rVert / \lVert v \rVert$ at each example, shape (n,).

    Raises:
        ValueError: fewer than one step, or an f that does not keep the number of examples.

    Equation: :eq:`eq-local-lipschitz`.
    Section: :ref:`sec-desirable-properties`.

    Source: Yoshida, Miyato (2017), Spectral norm regularization for improving the generalizability
        of deep learning, arXiv:1705.10941, for one layer.

    Example:
        >>> lipschitz_estimate(lambda x: 3 * x, torch.ones(2, 4)).round(decimals=3)
        tensor([3., 3.])

    In production: torch.func.jacrev and torch.linalg.matrix_norm for small inputs.
    """
    if iterations < 1:
        raise ValueError(f"expected at least one iteration, got {iterations}")
    where = generator.device if generator else x.device
    v = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=where).to(x.device)
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        out = f(x)
        if len(out) != len(x):
            raise ValueError(f"f made {tuple(out.shape)} of {tuple(x.shape)}, not row by row")
        u = torch.zeros_like(out, requires_grad=True)
        (pulled,) = grad(out, x, u, create_graph=True)  # J^T u, whose slope by u is J
    for _ in range(iterations):
        v = v / _lengths(v).clamp(min=torch.finfo(v.dtype).tiny)
        (pushed,) = grad(pulled, u, v, retain_graph=True)
        (v,) = grad(out, x, pushed, retain_graph=True)
    return _lengths(pushed).flatten()


def _lengths(v: Tensor) -> Tensor:
    """The Euclidean length of each example, shape (n, 1, ...)."""
    return torch.linalg.vector_norm(v.flatten(1), dim=1).reshape(-1, *[1] * (v.ndim - 1))

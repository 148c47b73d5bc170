"""Independent components by fixed-point iteration on whitened data."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from torch import Tensor

from dlcore.classical.estimator import Estimator, as_generator, like, recall
from dlcore.factor.non_gaussianity import require_contrast
from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import require_one_matrix

# the slope g of each contrast G, and the slope of g
SLOPES: dict[str, Callable[[Tensor], tuple[Tensor, Tensor]]] = {
    "logcosh": lambda y: (y.tanh(), 1 - y.tanh().square()),
    "exp": lambda y: (
        y * torch.exp(-y.square() / 2),
        (1 - y.square()) * torch.exp(-y.square() / 2),
    ),
    "cube": lambda y: (y**3, 3 * y.square()),
}


class ICA(NamedTuple):
    r"""Data as mixtures of independent sources, $x = As + \mu$.

    Attributes:
        sources: with mean 0 and variance 1, shape (n, k), in no particular order and of either
            sign.
        unmixing: $W$, so that $s = W(x - \mu)$, shape (k, d).
        mixing: $A$, the pseudoinverse of W, shape (d, k).
        mean: $\mu$, shape (d,).
        n_iter: how many steps it took.

    Equation: :eq:`eq-ica-model`
    Section: :ref:`sec-ica`
    """

    sources: Float[Tensor, "n k"]
    unmixing: Float[Tensor, "k d"]
    mixing: Float[Tensor, "d k"]
    mean: Float[Tensor, " d"]
    n_iter: int


def fastica(
    X: Float[Tensor, "n d"],
    n_components: int | None = None,
    *,
    g: str = "logcosh",
    algorithm: str = "symmetric",
    tol: float = 1e-4,
    max_iter: int = 200,
    generator: torch.Generator | None = None,
) -> ICA:
    r"""Find the directions along which the whitened data are least like a Gaussian.

    After whitening, the mixing that is left is a rotation. Each direction w makes Newton's step
    $w \leftarrow \mathbb E[\tilde x\,g(w^\top\tilde x)] - \mathbb E[g'(w^\top\tilde x)]\,w$, then
    the directions are made orthonormal.

    Args:
        X: mixtures, one row for each moment, shape (n, d).
        n_components: k; default the rank of the centred X. Fewer keep the principal components.
        g: "logcosh", g is tanh; "exp", $ye^{-y^2/2}$; "cube", $y^3$, which seeks kurtosis.
        algorithm: "symmetric", all directions at once, or "deflation", one after another.
        tol: stop when each direction has turned so little that 1 less the cosine is below it.
        max_iter: the most steps, for each direction if they are found one by one.
        generator: draws the first directions; default torch's global one.

    Returns:
        The sources, up to their order and sign, and what unmixes and mixes.

    Raises:
        ValueError: a parameter out of range or unknown, or more components than the rank.
        TypeError: X is no floating-point tensor.

    Warns:
        ConvergenceWarning: `max_iter` was not enough, as when two sources are Gaussian.

    Equation: :eq:`eq-fastica`
    Section: :ref:`sec-ica`
    Source: Hyvärinen (1999), Fast and robust fixed-point algorithms for independent component
        analysis, doi:10.1109/72.761722.

    Example:
        >>> t = torch.linspace(0, 40, 1000)
        >>> sources = torch.stack([t.sin(), (1.7 * t).sin().sign()], 1)
        >>> X = sources @ torch.tensor([[1.0, 0.5], [0.6, 1.0]]).T
        >>> found = fastica(X, generator=torch.Generator().manual_seed(0)).sources
        >>> torch.cat([found, sources], 1).T.corrcoef()[:2, 2:].abs().max(0).values > 0.99
        tensor([True, True])

    In production: sklearn.decomposition.FastICA.
    """
    require_contrast("fastica", g)
    if algorithm not in ("symmetric", "deflation"):
        raise ValueError(f"fastica: algorithm is 'symmetric' or 'deflation', got {algorithm!r}")
    Z, K, mean = whitened("fastica", X, n_components)
    k = Z.shape[1]
    device = generator.device if generator else torch.device("cpu")
    start = torch.randn(k, k, generator=generator, dtype=X.dtype, device=device).to(Z)
    if algorithm == "symmetric":
        W, steps, turn = _turn(Z, decorrelate(start), decorrelate, SLOPES[g], tol, max_iter)
    else:
        W, steps, turn = Z.new_empty(0, k), 0, 0.0
        for w in start:
            w, more, turned = _turn(Z, *_apart_from(W, w), SLOPES[g], tol, max_iter)
            W, steps, turn = torch.cat([W, w]), max(steps, more), max(turn, turned)
    if not turn < tol:
        warn_not_converged("fastica", steps, turn, tol)
    return ICA(Z @ W.T, W @ K, torch.linalg.pinv(W @ K), mean, steps)


def whitened(name: str, X: Tensor, k: int | None) -> tuple[Tensor, Tensor, Tensor]:
    """White data (n, k), the matrix (k, d) that made them of the centred data, and the mean."""
    require_one_matrix(name, X)
    if len(X) < 2:
        raise ValueError(f"{name} needs at least 2 examples, got {len(X)}")
    n, mean = len(X), X.mean(0)
    _, S, Vh = torch.linalg.svd(X - mean, full_matrices=False)
    rounding = 4 * torch.finfo(X.dtype).eps * X.numel() ** 0.5 * X.abs().max()
    rank = int((rounding < S).sum())
    k = rank if k is None else k
    if not 1 <= k <= rank:
        raise ValueError(f"{name}: n_components must be from 1 to the rank {rank} of X, got {k}")
    K = Vh[:k] * (n**0.5 / S[:k, None])
    return (X - mean) @ K.T, K, mean


def decorrelate(W: Tensor) -> Tensor:
    """The orthogonal matrix nearest to W, which treats all rows alike."""
    U, _, Vh = torch.linalg.svd(W)
    return U @ Vh


def _apart_from(W: Tensor, w: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """A start, and the map that makes one row orthogonal to those of W and a unit vector."""

    def restrict(row: Tensor) -> Tensor:
        row = row - row @ W.T @ W
        return row / row.norm()

    return restrict(w[None]), restrict


def _turn(
    Z: Tensor,
    W: Tensor,
    restrict: Callable[[Tensor], Tensor],
    slopes: Callable[[Tensor], tuple[Tensor, Tensor]],
    tol: float,
    max_iter: int,
) -> tuple[Tensor, int, float]:
    """Newton's steps until no row of W turns; with their number and the last turn."""
    turn = torch.inf
    for step in range(1, max_iter + 1):
        g, slope = slopes(Z @ W.T)
        before, W = W, restrict(g.T @ Z / len(Z) - slope.mean(0)[:, None] * W)
        turn = (1 - (before * W).sum(1).abs()).abs().max().item()
        if turn < tol:
            return W, step, turn
    return W, max_iter, turn


class FastICA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator):
    r"""Independent component analysis: sources of which the features are mixtures.

    Args:
        n_components: k; default the rank of the centred data.
        g: "logcosh", "exp" or "cube", as in `fastica`.
        algorithm: "symmetric" or "deflation".
        tol: largest turn of a direction in the last step.
        max_iter: the most steps.
        random_state: int, torch.Generator or None: draws the first directions.

    Attributes:
        components_: the unmixing matrix W, shape (k, d).
        mixing_: the mixing matrix A, shape (d, k).
        mean_: the mean of the data, shape (d,).
        n_iter_: how many steps it took.
        n_features_in_: the number d of features.

    Raises:
        ValueError: as `fastica`.

    Warns:
        ConvergenceWarning: `max_iter` was not enough.

    Equations: :eq:`eq-ica-model`, :eq:`eq-fastica`
    Section: :ref:`sec-ica`
    Source: Hyvärinen (1999), Fast and robust fixed-point algorithms for independent component
        analysis, doi:10.1109/72.761722.

    Example:
        >>> X = torch.rand(500, 2, generator=torch.Generator().manual_seed(0))
        >>> model = FastICA(random_state=0).fit(X)
        >>> (model.transform(X).T.cov(correction=0) - torch.eye(2)).abs().max() < 1e-3
        tensor(True)

    In production: sklearn.decomposition.FastICA.
    """

    def __init__(
        self,
        n_components=None,
        *,
        g="logcosh",
        algorithm="symmetric",
        tol=1e-4,
        max_iter=200,
        random_state=None,
    ) -> None:
        self.n_components = n_components
        self.g = g
        self.algorithm = algorithm
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X, y=None) -> "FastICA":
        """Find the sources of (n, d) mixtures."""
        found = fastica(
            self._inputs(X, reset=True, min_samples=2),
            self.n_components,
            g=self.g,
            algorithm=self.algorithm,
            tol=self.tol,
            max_iter=self.max_iter,
            generator=as_generator(self.random_state),
        )
        self._learn(X, components_=found.unmixing, mixing_=found.mixing, mean_=found.mean)
        self.n_iter_ = found.n_iter
        return self

    def transform(self, X):
        """The sources of these mixtures, shape (n, k)."""
        A = self._inputs(X)
        return like(X, (A - recall(self.mean_, A)) @ recall(self.components_, A).T)

    def inverse_transform(self, X):
        """The mixtures of these sources, shape (n, d)."""
        S = torch.as_tensor(X)
        return like(X, S @ recall(self.mixing_, S).T + recall(self.mean_, S))

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

"""The lasso and the elastic net: penalties that make weights exactly zero."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import Regressor
from dlcore.classical.linear_regression import centre_of, on_line, store_line
from dlcore.classical.proximal import proximal_gradient
from dlcore.classical.ridge import Path, require_penalty
from dlcore.linalg import soft_threshold
from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import as_columns, require_one_matrix


class ElasticNet(Regressor):
    r"""Linear regression that minimizes $\|Xw + b - y\|^2 + \lambda_1\|w\|_1 + \lambda_2\|w\|^2$.

    The penalty on squares lets correlated features share their weight, where the lasso takes
    whichever it meets first.

    Args:
        lam1: $\lambda_1$, at least 0.
        lam2: $\lambda_2$, at least 0.
        fit_intercept: whether the model has an intercept, which is not penalized.
        solver: "coordinate_descent" or "ista", the proximal gradient method.
        tol: largest duality gap, as a share of the squared length of the centred y; for "ista" the
            largest relative change of the weights.
        max_iter: the most rounds over all coordinates, or proximal steps.

    Attributes:
        coef_: weights, shape (d,).
        intercept_: the intercept b, one number; 0 without one.
        n_iter_: how many rounds or steps it took.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a negative penalty, an unknown solver, or X and y as in `LinearRegression`.

    Warns:
        ConvergenceWarning: `max_iter` was not enough.

    Equation: :eq:`eq-elastic-net-regression`
    Section: :ref:`sec-lasso`
    Source: Zou, Hastie (2005), Regularization and variable selection via the elastic net,
        doi:10.1111/j.1467-9868.2005.00503.x.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([2.0, 4.0, 6.0, 8.0])
        >>> round(ElasticNet(lam1=2.0, lam2=1.0).fit(X, y).coef_.item(), 3)
        1.5

    In production: sklearn.linear_model.ElasticNet(alpha=a, l1_ratio=r) with
    $a r = \lambda_1/2n$ and $a(1 - r) = \lambda_2/n$.
    """

    def __init__(
        self, lam1=1.0, lam2=1.0, *, fit_intercept=True, solver="coordinate_descent", tol=1e-10,
        max_iter=10_000,
    ) -> None:  # fmt: skip
        self.lam1 = lam1
        self.lam2 = lam2
        self.fit_intercept = fit_intercept
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, X, y) -> "ElasticNet":
        """Find the weights for examples of shape (n, d)."""
        return self._fit(X, y, self.lam1, self.lam2)

    def predict(self, X):
        """The values on the plane, shape (n,)."""
        return on_line(self, X)

    def _fit(self, X, y, lam1: float, lam2: float):
        A, b = self._regression(X, y)
        for lam in (lam1, lam2):
            require_penalty(type(self).__name__, lam)
        if self.solver not in ("coordinate_descent", "ista"):
            raise ValueError(f"solver must be 'coordinate_descent' or 'ista', got {self.solver!r}")
        centre, level = centre_of(A, b, self.fit_intercept)
        A, b = A - centre, b - level
        G, c = (A.T @ A).double(), (A.T @ b).double()
        G.diagonal().add_(lam2)
        if self.solver == "ista":
            w, self.n_iter_ = _proximal(G, c, lam1, self.tol, self.max_iter)
        else:
            start = torch.zeros(len(c), dtype=torch.float64)
            size = b.double().square().sum().item()
            w, self.n_iter_ = coordinate_descent(
                G.cpu(), c.cpu(), size, lam1, start, self.tol, self.max_iter
            )
        store_line(self, X, w.to(A), centre, level)
        return self


class Lasso(ElasticNet):
    r"""Linear regression that minimizes $\|Xw + b - y\|^2 + \lambda\|w\|_1$; b is not penalized.

    All weights are zero as soon as $\lambda \ge 2\max_j|x_j^\top y|$ (centred).

    Args:
        lam: $\lambda$, at least 0.
        fit_intercept: whether the model has an intercept.
        solver: "coordinate_descent" or "ista", the proximal gradient method.
        tol: as in `ElasticNet`.
        max_iter: as in `ElasticNet`.

    Attributes:
        coef_: weights, shape (d,).
        intercept_: the intercept b, one number; 0 without one.
        n_iter_: how many rounds or steps it took.
        n_features_in_: the number d of features.

    Raises:
        ValueError: `lam` is negative, an unknown solver, or X and y as in `LinearRegression`.

    Warns:
        ConvergenceWarning: `max_iter` was not enough.

    Equations: :eq:`eq-lasso-regression`, :eq:`eq-coordinate-descent`
    Section: :ref:`sec-lasso`
    Source: Friedman, Hastie, Tibshirani (2010), Regularization paths for generalized linear models
        via coordinate descent, doi:10.18637/jss.v033.i01.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([2.0, 4.0, 6.0, 8.0])
        >>> [round(Lasso(lam).fit(X, y).coef_.item(), 3) for lam in (0.0, 2.0, 20.0)]
        [2.0, 1.8, 0.0]

    In production: sklearn.linear_model.Lasso(alpha=lam / (2 * n)).
    """

    def __init__(
        self, lam=1.0, *, fit_intercept=True, solver="coordinate_descent", tol=1e-10,
        max_iter=10_000,
    ) -> None:  # fmt: skip
        self.lam = lam
        self.fit_intercept = fit_intercept
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, X, y) -> "Lasso":
        """Find the weights for examples of shape (n, d)."""
        return self._fit(X, y, self.lam, 0.0)


def coordinate_descent(
    G: Tensor, c: Tensor, size: float, lam: float, w: Tensor, tol: float, max_iter: int
) -> tuple[Tensor, int]:
    r"""Minimize $w^\top Gw - 2c^\top w + \lambda\|w\|_1$, one weight at a time, from w.

    With $G = X^\top X$ and $c = X^\top y$ that is the lasso; `size` is $y^\top y$.
    """
    w = w.clone()
    correlation = c - G @ w  # of the columns with the residual
    curvature = G.diagonal().tolist()
    gap = torch.inf
    for rounds in range(1, max_iter + 1):
        for j, g in enumerate(curvature):
            if g <= 0:
                continue
            old = w[j].item()
            target = correlation[j].item() + g * old
            new = max(abs(target) - lam / 2, 0.0) / g * (1 if target > 0 else -1)
            if new != old:
                w[j] = new
                correlation.sub_(G[j], alpha=new - old)
        correlation = c - G @ w
        gap = _duality_gap(w, c, correlation, size, lam)
        if gap <= tol * size:
            return w, rounds
    warn_not_converged("coordinate_descent", max_iter, gap / size, tol)
    return w, max_iter


def _duality_gap(w: Tensor, c: Tensor, correlation: Tensor, size: float, lam: float) -> float:
    """How far the cost is above the minimum, at most: cost less the value of a dual point."""
    with_y = size - (c @ w).item()  # residual times y
    squared = with_y - (correlation @ w).item()  # residual times residual
    largest = 2 * correlation.abs().max().item()
    s = min(1.0, lam / largest) if largest > 0 else 1.0
    return squared + lam * w.abs().sum().item() - (2 * s * with_y - s**2 * squared)


def _proximal(G: Tensor, c: Tensor, lam: float, tol: float, max_iter: int) -> tuple[Tensor, int]:
    step = 1 / max(2 * torch.linalg.eigvalsh(G)[-1].item(), torch.finfo(G.dtype).tiny)
    return proximal_gradient(
        lambda w: 2 * (G @ w - c),
        lambda v: soft_threshold(v, step * lam),
        torch.zeros_like(c),
        step,
        accelerate=True,
        tol=tol,
        max_iter=max_iter,
    )


def lasso_path(
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    lams: Float[Tensor, " l"] | None = None,
    *,
    tol: float = 1e-10,
) -> Path:
    r"""The lasso for many $\lambda$, each started from the solution of the larger one before it.

    Args:
        X: examples as rows, shape (n, d).
        y: targets, shape (n,).
        lams: values of $\lambda$, at least 0, shape (l,); default 100 from the smallest one that
            makes all weights zero down to a thousandth of it.
        tol: as in `ElasticNet`.

    Returns:
        `lams` in descending order, `coefs` of shape (l, d) and the `intercepts`.

    Raises:
        ValueError: a negative $\lambda$, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: 10,000 rounds were not enough for some $\lambda$.

    Equation: :eq:`eq-lasso-regression`
    Section: :ref:`sec-lasso`
    Source: Friedman, Hastie, Tibshirani (2010), Regularization paths for generalized linear models
        via coordinate descent, doi:10.18637/jss.v033.i01.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([2.0, 4.0, 6.0, 8.0])
        >>> lasso_path(X, y, torch.tensor([2.0, 20.0])).coefs.round(decimals=3).flatten()
        tensor([0.0000, 1.8000])

    In production: sklearn.linear_model.lasso_path, on centred data.
    """
    require_one_matrix("lasso_path", X)
    as_columns("lasso_path", X, y)
    centre, level = centre_of(X, y, True)
    A, b = X - centre, y - level
    G, c = (A.T @ A).double().cpu(), (A.T @ b).double().cpu()
    size, largest = b.double().square().sum().item(), 2 * c.abs().max().item()
    if lams is None:
        lams = largest * torch.logspace(0, -3, 100, dtype=X.dtype, device=X.device)
    lams = lams.sort(descending=True).values
    w, found = torch.zeros_like(c), []
    for lam in lams.tolist():
        require_penalty("lasso_path", lam)
        w, _ = coordinate_descent(G, c, size, lam, w, tol, 10_000)
        found.append(w)
    W = torch.stack(found).to(X)
    return Path(lams, W, level - W @ centre)

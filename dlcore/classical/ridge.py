"""Ridge regression: least squares with a penalty on the squared weights."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import Regressor
from dlcore.classical.linear_regression import centre_of, on_line, store_line, triangle
from dlcore.linalg.shapes import as_columns, require_one_matrix


class Path(NamedTuple):
    r"""Linear models for several weights of the penalty, see `ridge_path` and `lasso_path`.

    Section: :ref:`sec-regularized-regression`

    Example:
        >>> path = Path(torch.ones(2), torch.zeros(2, 3), torch.zeros(2))
        >>> len(path.coefs)
        2

    In production: the tuple that sklearn.linear_model.lasso_path returns.
    """

    lams: Float[Tensor, " l"]
    r"""The penalty's weights $\lambda$, shape (l,)."""
    coefs: Float[Tensor, "l d"]
    """The model's weights for each, shape (l, d)."""
    intercepts: Float[Tensor, " l"]
    """The intercept for each, shape (l,)."""


class Ridge(Regressor):
    r"""Linear regression that minimizes $\|Xw + b - y\|^2 + \lambda\|w\|^2$; b is not penalized.

    Args:
        lam: $\lambda$, at least 0; scikit-learn's alpha.
        fit_intercept: whether the model has an intercept.

    Attributes:
        coef_: weights, shape (d,).
        intercept_: the intercept b, one number; 0 without one.
        n_features_in_: the number d of features.

    Raises:
        ValueError: `lam` is negative, or X and y as in `LinearRegression`.

    Equations: :eq:`eq-ridge-regression`, :eq:`eq-ridge-solution`
    Section: :ref:`sec-regularized-regression`
    Source: Hoerl, Kennard (1970), Ridge regression: biased estimation for nonorthogonal problems,
        doi:10.1080/00401706.1970.10488634.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([2.0, 4.0, 6.0, 8.0])
        >>> model = Ridge(lam=1.0).fit(X, y)
        >>> round(model.coef_.item(), 4), round(model.intercept_.item(), 4)
        (1.6667, 0.8333)

    In production: sklearn.linear_model.Ridge(alpha=lam).
    """

    def __init__(self, lam=1.0, *, fit_intercept=True) -> None:
        self.lam = lam
        self.fit_intercept = fit_intercept

    def fit(self, X, y) -> "Ridge":
        """Find the weights for examples of shape (n, d)."""
        A, b = self._regression(X, y)
        require_penalty("Ridge", self.lam)
        centre, level = centre_of(A, b, self.fit_intercept)
        (w,) = _shrunk(A - centre, b - level, b.new_tensor([self.lam]))
        store_line(self, X, w, centre, level)
        return self

    def predict(self, X):
        """The values on the plane, shape (n,)."""
        return on_line(self, X)


def ridge_path(X: Float[Tensor, "n d"], y: Float[Tensor, " n"], lams: Float[Tensor, " l"]) -> Path:
    r"""Ridge regression for many $\lambda$ from one singular value decomposition.

    In the direction of the singular vector $v_i$ the weight is $\sigma_i/(\sigma_i^2 + \lambda)$
    times the data's share, where least squares has $1/\sigma_i$.

    Args:
        X: examples as rows, shape (n, d).
        y: targets, shape (n,).
        lams: values of $\lambda$, at least 0, shape (l,).

    Returns:
        `lams`, `coefs` of shape (l, d) and the `intercepts`, which are not penalized.

    Raises:
        ValueError: a negative $\lambda$, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ridge-shrinkage`
    Section: :ref:`sec-regularized-regression`
    Source: Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning,
        section 3.4.1, doi:10.1007/978-0-387-84858-7.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([2.0, 4.0, 6.0, 8.0])
        >>> ridge_path(X, y, torch.tensor([0.0, 1.0, 5.0])).coefs.round(decimals=3).flatten()
        tensor([2.0000, 1.6670, 1.0000])

    In production: one sklearn.linear_model.Ridge for each.
    """
    require_one_matrix("ridge_path", X)
    as_columns("ridge_path", X, y)
    for lam in lams.tolist():
        require_penalty("ridge_path", lam)
    centre, level = centre_of(X, y, True)
    W = _shrunk(X - centre, y - level, lams.to(X))
    return Path(lams, W, level - W @ centre)


def _shrunk(A: Tensor, b: Tensor, lams: Tensor) -> Tensor:
    """One row of weights for each lambda; directions that are nothing but rounding get none."""
    R, q = triangle(A, b)
    U, S, Vh = torch.linalg.svd(R, full_matrices=False)
    seen = max(R.shape) * torch.finfo(S.dtype).eps * S[0] < S
    divisor = torch.where(seen, S.square() + lams[:, None], 1)
    return (torch.where(seen, S / divisor, 0) * (U.T @ q)) @ Vh


def require_penalty(name: str, lam: float) -> None:
    """Refuse a negative weight of a penalty, and NaN."""
    if not lam >= 0:
        raise ValueError(f"{name}: lam must be at least 0, got {lam}")

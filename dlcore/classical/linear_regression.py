"""Ordinary least squares: weights, projection, leverage."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import Regressor, like, recall
from dlcore.linalg import back_substitution, cholesky, forward_substitution, pinv, project
from dlcore.linalg.shapes import as_columns, require_one_matrix


def add_bias_column(X: Float[Tensor, "n d"]) -> Float[Tensor, "n d_plus_1"]:
    """The design matrix: the examples with a last column of ones, whose weight is the intercept.

    Args:
        X: examples as rows, shape (n, d).

    Returns:
        Shape (n, d + 1).

    Raises:
        ValueError: X is no matrix.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-design-matrix`
    Section: :ref:`sec-ordinary-least-squares`

    Example:
        >>> add_bias_column(torch.tensor([[2.0], [3.0]]))
        tensor([[2., 1.],
                [3., 1.]])

    In production: numpy.column_stack.
    """
    require_one_matrix("add_bias_column", X)
    return torch.cat([X, X.new_ones(len(X), 1)], 1)


def normal_equation(X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> Float[Tensor, " d"]:
    r"""Least squares by solving $X^\top Xw = X^\top y$: cheap, but it squares the condition number.

    Args:
        X: design matrix with independent columns, shape (n, d); add the column of ones yourself.
        y: targets, shape (n,).

    Returns:
        Weights, shape (d,).

    Raises:
        NotPositiveDefiniteError: the columns are dependent, at least to rounding.
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-normal-equation`
    Section: :ref:`sec-ordinary-least-squares`
    Source: Gauss (1809), Theoria motus corporum coelestium, book 2, section 3.

    Example:
        >>> X = torch.tensor([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [4.0, 1.0]])
        >>> normal_equation(X, torch.tensor([3.0, 5.0, 7.0, 9.0])).round(decimals=3)
        tensor([2., 1.])

    In production: scipy.linalg.lstsq, which does not square the condition number.
    """
    require_one_matrix("normal_equation", X)
    as_columns("normal_equation", X, y)
    L = cholesky(X.T @ X)
    return back_substitution(L.T, forward_substitution(L, X.T @ y))


class LinearRegression(Regressor):
    r"""Ordinary least squares by QR, for dependent columns as well: then the shortest weights.

    Only the triangle R of $(X, y) = QR$ is needed; its pseudo-inverse takes care of dependent
    columns.

    Args:
        fit_intercept: whether the model has an intercept.

    Attributes:
        coef_: weights, shape (d,).
        intercept_: the intercept b, one number; 0 without one.
        n_features_in_: the number d of features.

    Raises:
        ValueError: X is no finite matrix, y is not one finite number for each row, or another
            number of features than in `fit`.

    Equations: :eq:`eq-linear-model`, :eq:`eq-mean-squared-error`
    Section: :ref:`sec-ordinary-least-squares`
    Source: Golub (1965), Numerical methods for solving linear least squares problems,
        doi:10.1007/BF01436075.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([3.0, 5.0, 7.0])
        >>> LinearRegression().fit(X, y).predict(torch.tensor([[10.0]])).round(decimals=3)
        tensor([21.])

    In production: sklearn.linear_model.LinearRegression.
    """

    def __init__(self, *, fit_intercept=True) -> None:
        self.fit_intercept = fit_intercept

    def fit(self, X, y) -> "LinearRegression":
        """Find the weights that make the squared error of (n, d) examples smallest."""
        A, b = self._regression(X, y)
        centre, level = centre_of(A, b, self.fit_intercept)
        R, q = triangle(A - centre, b - level)
        store_line(self, X, pinv(R) @ q, centre, level)
        return self

    def predict(self, X):
        """The values on the plane, shape (n,)."""
        return on_line(self, X)


def centre_of(A: Tensor, b: Tensor, fit_intercept: bool) -> tuple[Tensor, Tensor]:
    """The means that centring subtracts: the intercept then drops out of the problem."""
    return (A.mean(0), b.mean()) if fit_intercept else (A.new_zeros(A.shape[1]), b.new_zeros(()))


def triangle(A: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """R and Q^T b of A = QR: a least squares problem of at most as many rows as columns."""
    R = torch.linalg.qr(torch.cat([A.T, b[None]]).T, mode="r").R
    return R[:, :-1], R[:, -1]


def store_line(model, X, w: Tensor, centre: Tensor, level: Tensor) -> None:
    """Weights found on centred data, with the intercept that undoes the centring."""
    model._learn(X, coef_=w, intercept_=level - centre @ w)


def on_line(model, X):
    """The predictions of a linear model."""
    A = model._inputs(X)
    return like(X, A @ recall(model.coef_, A) + recall(model.intercept_, A))


def hat_matrix(X: Float[Tensor, "n d"]) -> Float[Tensor, "n n"]:
    r"""The projection $H = X(X^\top X)^{-1}X^\top$ that turns targets into fitted values.

    Its diagonal entry $h_{ii}$, the leverage, says how much an example attracts its own fit.

    Args:
        X: design matrix with independent columns, shape (n, d).

    Returns:
        Shape (n, n), symmetric, with trace d.

    Raises:
        SingularMatrixError: the columns are dependent.
        ValueError: X is no matrix.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-hat-matrix`
    Section: :ref:`sec-least-squares-projection`
    Source: Hoaglin, Welsch (1978), The hat matrix in regression and ANOVA,
        doi:10.1080/00031305.1978.10479237.

    Example:
        >>> hat_matrix(torch.ones(2, 1)).round(decimals=4)
        tensor([[0.5000, 0.5000],
                [0.5000, 0.5000]])

    In production: statsmodels.api.OLS(y, X).fit().get_influence().hat_matrix_diag.
    """
    require_one_matrix("hat_matrix", X)
    return project(torch.eye(len(X), dtype=X.dtype, device=X.device), X)


def loo_residuals(X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    r"""How far each target is from the prediction of the n - 1 other examples, from a single fit.

    Leaving example i out changes its residual from $e_i$ to $e_i/(1 - h_{ii})$.

    Args:
        X: design matrix with independent columns, shape (n, d); add the column of ones yourself.
        y: targets, shape (n,).

    Returns:
        Residuals, shape (n,).

    Raises:
        SingularMatrixError: the columns are dependent.
        ValueError: shapes that do not fit, or the other examples do not determine the weights.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-leave-one-out-residual`
    Section: :ref:`sec-least-squares-projection`
    Source: Allen (1974), The relationship between variable selection and data augmentation and a
        method for prediction, doi:10.1080/00401706.1974.10489157.

    Example:
        >>> loo_residuals(torch.ones(3, 1), torch.tensor([0.0, 0.0, 3.0])).round(decimals=3)
        tensor([-1.5000, -1.5000,  3.0000])

    In production: statsmodels.api.OLS(y, X).fit().get_influence().resid_press.
    """
    H = hat_matrix(X)
    as_columns("loo_residuals", X, y)
    rest = 1 - H.diagonal()
    alone = rest <= len(X) * torch.finfo(X.dtype).eps
    if alone.any():
        i = int(alone.nonzero()[0])
        raise ValueError(f"loo_residuals: without example {i} the weights are not determined")
    return (y - H @ y) / rest

"""Principal components: the directions in which data vary most."""

import numpy as np
import torch
from jaxtyping import Float
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from dlcore.linalg.shapes import require_one_matrix


class PCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    r"""Principal component analysis by the singular value decomposition of the centred data.

    With scikit-learn's interface: numpy in, numpy out; tensors in, tensors out on their device.

    Args:
        n_components: how many directions; default all, min(n, d); a number below 1 asks for as many
            as explain that share of the variance.
        whiten: whether to divide each score by its standard deviation.

    Attributes:
        components_: the directions as rows, shape (n_components, d); the entry of largest magnitude
            of each is positive.
        explained_variance_: the variance along each, $\sigma_i^2/(n-1)$.
        explained_variance_ratio_: the same as a share of the total variance.
        singular_values_: $\sigma_i$ of the centred data.
        mean_: the mean of each feature, shape (d,).
        n_components_: how many there are.
        n_features_in_: the number d of features.

    Raises:
        ValueError: `n_components` is out of range, fewer than two examples, or another number of
            features than in `fit`.

    Equation: :eq:`eq-pca`
    Section: :ref:`sec-pca`
    Source: Pearson (1901), On lines and planes of closest fit to systems of points in space,
        doi:10.1080/14786440109462720.

    Example:
        >>> X = torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
        >>> pca = PCA(n_components=1).fit(X)
        >>> pca.components_, pca.explained_variance_
        (tensor([[0.7071, 0.7071]]), tensor([2.]))

    In production: sklearn.decomposition.PCA.
    """

    def __init__(self, n_components=None, *, whiten=False) -> None:
        self.n_components = n_components
        self.whiten = whiten

    def fit(self, X, y=None) -> "PCA":
        """Find mean and directions of data of shape (n, d)."""
        X = self._checked(X, reset=True)
        n, d = X.shape
        numbers = torch.as_tensor(X)
        mean = numbers.mean(0)
        _, S, Vh = torch.linalg.svd(numbers - mean, full_matrices=False)
        variance = S.square() / (n - 1)
        ratio = variance / variance.sum().clamp(min=torch.finfo(S.dtype).tiny)
        k = self._number_of_components(ratio, min(n, d))
        largest = Vh.take_along_dim(Vh.abs().argmax(1, keepdim=True), 1)
        found = {
            "components_": (Vh * torch.where(largest < 0, -1, 1))[:k],
            "explained_variance_": variance[:k],
            "explained_variance_ratio_": ratio[:k],
            "singular_values_": S[:k],
            "mean_": mean,
        }
        for name, value in found.items():
            setattr(self, name, value if isinstance(X, Tensor) else value.numpy())
        self.n_components_ = k
        return self

    def transform(self, X):
        """The scores of data of shape (n, d) along each direction, shape (n, n_components)."""
        check_is_fitted(self)
        X = self._checked(X, reset=False)
        scores = (torch.as_tensor(X) - self._as_like(X, self.mean_)) @ self._as_like(
            X, self.components_
        ).T
        if self.whiten:
            scores = scores / self._scale(X)
        return scores if isinstance(X, Tensor) else scores.numpy()

    def inverse_transform(self, X):
        """The points of the data's space that have the scores X, shape (n, d)."""
        check_is_fitted(self)
        numbers = torch.as_tensor(X)
        scores = numbers * self._scale(X) if self.whiten else numbers
        points = scores @ self._as_like(X, self.components_) + self._as_like(X, self.mean_)
        return points if isinstance(X, Tensor) else points.numpy()

    def _checked(self, X, reset: bool):
        if isinstance(X, Tensor):
            require_one_matrix("PCA", X)
            if not X.isfinite().all():
                raise ValueError("PCA: X contains NaN or infinity")
            if reset:
                self.n_features_in_ = X.shape[1]
            elif X.shape[1] != self.n_features_in_:
                raise ValueError(f"X has {X.shape[1]} features, fitted on {self.n_features_in_}")
            if reset and len(X) < 2:
                raise ValueError(f"PCA needs at least 2 examples, got {len(X)}")
            return X.detach()
        smallest = 2 if reset else 1
        dtypes = [np.float64, np.float32]
        return validate_data(
            self, X, dtype=dtypes, reset=reset, ensure_min_samples=smallest, force_writeable=True
        )

    def _number_of_components(self, ratio: Tensor, limit: int) -> int:
        k = self.n_components
        if k is None:
            return limit
        if isinstance(k, float) and 0 < k < 1:
            return int((ratio.cumsum(0) < k).sum()) + 1
        if isinstance(k, int | np.integer) and 1 <= k <= limit:
            return int(k)
        raise ValueError(f"n_components must be a share below 1 or from 1 to {limit}, got {k!r}")

    def _as_like(self, X, learned) -> Tensor:
        return torch.as_tensor(learned).to(torch.as_tensor(X))

    def _scale(self, X) -> Tensor:
        scale = self._as_like(X, self.explained_variance_).sqrt()
        return torch.where(scale > 0, scale, 1)

    @property
    def _n_features_out(self) -> int:
        return self.n_components_


def whiten(X: Float[Tensor, "n d"], *, zca: bool = False) -> Float[Tensor, "n d"]:
    r"""Data turned and scaled so that the features are uncorrelated, with mean 0 and variance 1.

    To whiten new data by the same map use `PCA(whiten=True)`.

    Args:
        X: data, rows are examples, shape (n, d), with n above d and no dependent features.
        zca: turn back into the original axes, so that the data change as little as possible.

    Returns:
        The whitened data, shape (n, d).

    Raises:
        ValueError: the covariance is singular, so that a direction has no variance to scale.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-whitening`
    Section: :ref:`sec-pca`
    Source: Kessy, Lewin, Strimmer (2018), Optimal whitening and decorrelation,
        doi:10.1080/00031305.2016.1277159.

    Example:
        >>> X = torch.tensor([[0.0, 0.0], [2.0, 1.0], [4.0, 5.0], [6.0, 2.0]])
        >>> whiten(X).T.cov().round(decimals=4).abs()
        tensor([[1., 0.],
                [0., 1.]])

    In production: sklearn.decomposition.PCA(whiten=True).
    """
    require_one_matrix("whiten", X)
    n, d = X.shape
    U, S, Vh = torch.linalg.svd(X - X.mean(0), full_matrices=False)
    if n <= d or not S[-1] > max(n, d) * torch.finfo(X.dtype).eps * S[0]:
        raise ValueError(f"whiten: the covariance of X, shape {(n, d)}, is singular: use PCA first")
    Z = U * (n - 1) ** 0.5
    if zca:
        return Z @ Vh
    largest = Vh.take_along_dim(Vh.abs().argmax(1, keepdim=True), 1)[:, 0]
    return Z * torch.where(largest < 0, -1, 1)

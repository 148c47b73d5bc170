"""Eigenfaces: images as the mean image plus a few numbers times fixed images."""

import torch
from sklearn.base import ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted
from torch import Tensor

from dlcore.classical import KNeighborsClassifier
from dlcore.classical.estimator import ARRAYS, Estimator, as_array, like, recall
from dlcore.linalg import PCA


class EigenImages(ClassifierMixin, TransformerMixin, Estimator):
    r"""Principal components of images; with labels, an image is named by its nearest in code space.

    The code is easily turned back: $\hat x = \mu + \sum_j z_j u_j$ is the best reconstruction that
    k numbers allow. It compresses, and hides nothing.

    Args:
        n_components: k, how many numbers make a code.
        skip: leading components that are left out of the code, which often carry the light.
        n_neighbors: how many labelled images vote.

    Attributes:
        mean_image_: $\mu$, of the shape of an image.
        eigen_images_: the $u_j$, shape (k, ...), orthonormal.
        explained_variance_ratio_: the share of the variance along each, shape (k,).
        classes_: the labels, if there were any, shape (c,).
        n_features_in_: the number of pixels of an image.

    Raises:
        ValueError: an option out of range, more components than images or pixels, images that are
            not finite or of another shape than in `fit`, or `predict` without labels.

    Equation: :eq:`eq-eigenfaces`
    Section: :ref:`sec-eigenfaces`
    Source: Turk, Pentland (1991), Eigenfaces for recognition, doi:10.1162/jocn.1991.3.1.71.

    Example:
        >>> images = torch.tensor([[[0.0, 1.0], [1.0, 0.0]], [[0.0, 3.0], [3.0, 0.0]]])
        >>> model = EigenImages(n_components=1).fit(images, [7, 8])
        >>> model.transform(images), model.predict(images + 0.2)
        (tensor([[-1.4142],
                [ 1.4142]]), tensor([7, 8]))

    In production: sklearn.pipeline.make_pipeline(PCA(k), KNeighborsClassifier(1)).
    """

    _shape: tuple[int, ...]
    _voters: KNeighborsClassifier | None

    def __init__(self, n_components=20, *, skip=0, n_neighbors=1) -> None:
        self.n_components = n_components
        self.skip = skip
        self.n_neighbors = n_neighbors

    def fit(self, X, y=None) -> "EigenImages":
        """Learn from images of shape (n, ...), and from their labels, shape (n,), if given."""
        if self.n_components < 1 or self.skip < 0:
            raise ValueError(
                f"n_components >= 1 and skip >= 0 expected, got {self.n_components}, {self.skip}"
            )
        A = self._flat(X, reset=True)
        pca = PCA(self.skip + self.n_components).fit(A)
        self._learn(
            X,
            mean_image_=pca.mean_.reshape(self._shape),
            eigen_images_=pca.components_[self.skip :].reshape(-1, *self._shape),
            explained_variance_ratio_=pca.explained_variance_ratio_[self.skip :],
        )
        self._voters = None
        if y is not None:
            codes = like(X, self._codes(A))
            self._voters = KNeighborsClassifier(self.n_neighbors).fit(codes, y)
            self.classes_ = self._voters.classes_
        return self

    def transform(self, X):
        """The codes of images of shape (n, ...), or of their pixels in rows, shape (n, k)."""
        return like(X, self._codes(self._flat(X)))

    def inverse_transform(self, X):
        """The images that codes of shape (n, k) stand for, shape (n, ...)."""
        check_is_fitted(self)
        z = torch.as_tensor(X)
        mean, basis = recall(self.mean_image_, z), recall(self.eigen_images_, z)
        return like(X, mean + torch.tensordot(z, basis, 1))

    def predict(self, X):
        """The label of the nearest labelled codes of images (n, ...), shape (n,)."""
        codes = self._codes(self._flat(X))
        if self._voters is None:
            raise ValueError("EigenImages was fitted without labels: fit(images, labels) first")
        return self._voters.predict(like(X, codes))

    def score(self, X, y, sample_weight=None) -> float:
        """The share of the images that is named rightly."""
        return super().score(X, as_array(y), sample_weight)

    def _codes(self, A: Tensor) -> Tensor:
        mean, basis = recall(self.mean_image_, A), recall(self.eigen_images_, A)
        return (A - mean.flatten()) @ basis.flatten(1).T

    def _flat(self, X, *, reset: bool = False) -> Tensor:
        """Images as rows of a matrix, checked."""
        if not reset:
            check_is_fitted(self)
        few = {"ensure_min_samples": 2 if reset else 1, "ensure_all_finite": False}
        images = X if isinstance(X, Tensor) else check_array(X, allow_nd=True, **few, **ARRAYS)
        shape = tuple(images.shape[1:])
        if len(shape) < 1 or (not reset and len(shape) > 1 and shape != self._shape):
            expected = "(n, ...)" if reset else f"(n, {', '.join(map(str, self._shape))})"
            raise ValueError(f"images of shape {expected} expected, got {tuple(images.shape)}")
        if reset:
            self._shape = shape
        flat = images.reshape(len(images), -1)
        return self._inputs(flat, reset=reset, min_samples=2 if reset else 1)

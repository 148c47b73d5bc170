"""k-means: Lloyd's algorithm, started by k-means++."""

import math

import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from torch import Tensor

from dlcore import kernels
from dlcore.classical.estimator import Estimator, as_generator, like, recall
from dlcore.kernels.choice import runs_kernel
from dlcore.probability import kmeans_plus_plus as kmeans_plus_plus

CELLS = 2**23


class KMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, Estimator):
    r"""k centres, each the mean of the examples nearest to it, $\min \sum_i \|x_i - c(x_i)\|^2$.

    Lloyd's two steps alternate: every example joins its nearest centre, every centre moves to the
    mean of its examples. Neither can raise the sum of squares, so that the algorithm ends; where,
    depends on the start. A centre that loses all examples moves to the example that lies farthest
    from its own.

    Args:
        n_clusters: k.
        init: "k-means++" (with 2 + log k trials), "random" (k different examples), or centres of
            shape (k, d).
        n_init: restarts, of which the best is kept; one only if centres are given.
        max_iter: the most rounds.
        tol: stop when the centres move less, relative to the mean variance of the features
            (squared distance, summed over centres).
        random_state: int, torch.Generator or None: draws the first centres.

    Attributes:
        cluster_centers_: shape (k, d).
        labels_: the cluster of each example, shape (n,).
        inertia_: the sum of squared distances to the nearest centre.
        inertias_: the same after each assignment of the best run; it never rises.
        n_iter_: how many rounds the best run made.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, fewer examples than clusters, or centres of another
            shape.

    Equation: :eq:`eq-k-means`
    Section: :ref:`sec-k-means`
    Source: Lloyd (1982), Least squares quantization in PCM, doi:10.1109/TIT.1982.1056489; Arthur,
        Vassilvitskii (2007), k-means++: the advantages of careful seeding, SODA.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [10.0], [11.0]])
        >>> KMeans(2, random_state=0).fit(X).cluster_centers_.sort(dim=0).values
        tensor([[ 0.5000],
                [10.5000]])

    In production: sklearn.cluster.KMeans.
    """

    def __init__(
        self,
        n_clusters=8,
        *,
        init="k-means++",
        n_init=1,
        max_iter=300,
        tol=1e-4,
        random_state=None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y=None) -> "KMeans":
        """Find the centres of (n, d) examples."""
        for name in ("n_clusters", "n_init", "max_iter"):
            if not getattr(self, name) >= 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)!r}")
        A = self._inputs(X, reset=True)
        if len(A) < self.n_clusters:
            raise ValueError(f"n_samples={len(A)} should be >= n_clusters={self.n_clusters}.")
        generator = as_generator(self.random_state)
        shift = A.mean(0)
        B = A - shift
        tol = self.tol * float(B.square().mean())
        given = not isinstance(self.init, str)
        starts = (self._start(B, shift, generator) for _ in range(1 if given else self.n_init))
        runs = [lloyd(B, start, self.max_iter, tol) for start in starts]
        centres, labels, history = min(runs, key=lambda run: run[2][-1])
        self._learn(X, cluster_centers_=centres + shift, labels_=labels)
        self.inertias_, self.inertia_, self.n_iter_ = history, history[-1], len(history) - 1
        return self

    def predict(self, X):
        """The nearest centre of each example, shape (n,)."""
        A = self._inputs(X)
        return like(X, nearest(A.T, recall(self.cluster_centers_, A))[0])

    def transform(self, X):
        """The distance of each example from each centre, shape (n, k)."""
        A = self._inputs(X)
        return like(X, torch.cdist(A, recall(self.cluster_centers_, A)))

    def score(self, X, y=None) -> float:
        """The sum of squared distances to the nearest centre, negated."""
        A = self._inputs(X)
        centres = recall(self.cluster_centers_, A)
        shift = centres.mean(0)
        _, least = nearest((A - shift).T, centres - shift)
        return -float((A - shift).square().sum() + 2 * least.sum())

    @property
    def _n_features_out(self) -> int:
        return len(self.cluster_centers_)

    def _start(self, B: Tensor, shift: Tensor, generator: torch.Generator) -> Tensor:
        k = self.n_clusters
        if not isinstance(self.init, str):
            centres = recall(self.init, B)
            if centres.shape != (k, B.shape[1]):
                raise ValueError(
                    f"init must have shape {(k, B.shape[1])}, got {tuple(centres.shape)}"
                )
            return centres - shift
        if self.init == "k-means++":
            trials = 2 + int(math.log(k))
            return kmeans_plus_plus(B, k, trials=trials, generator=generator)
        if self.init == "random":
            order = torch.randperm(len(B), generator=generator, device=generator.device)
            return B[order[:k].to(B.device)]
        raise ValueError(f"init must be 'k-means++', 'random' or centres, got {self.init!r}")


def nearest(columns: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """For each column the nearest centre, and half its squared distance less half its square."""
    if runs_kernel(columns, centres):
        squares, labels = kernels.nearest_neighbors(columns.T, centres)
        return labels[:, 0], (squares[:, 0] - columns.square().sum(0)) / 2
    half = centres.square().sum(1, keepdim=True) / 2
    parts = columns.split(max(1, CELLS // len(centres)), 1)
    least = [torch.addmm(half, centres, part, alpha=-1).min(0) for part in parts]
    if len(least) == 1:
        return least[0].indices, least[0].values
    return torch.cat([part.indices for part in least]), torch.cat([part.values for part in least])


def lloyd(
    B: Tensor, centres: Tensor, max_iter: int, tol: float
) -> tuple[Tensor, Tensor, list[float]]:
    """Centres, labels, and the sum of squares after each assignment.

    The sums of the clusters follow the examples that change sides, which soon are few.
    """
    columns, sizes = B.T.contiguous(), B.square().sum(1)
    total = float(sizes.sum())
    labels, least = nearest(columns, centres)
    sums = torch.zeros_like(centres).index_add(0, labels, B)
    history = [total + 2 * float(least.sum())]
    while len(history) <= max_iter:
        count = labels.bincount(minlength=len(sums))
        before, centres = centres, sums / count.clamp(min=1)[:, None]
        empty = (count == 0).nonzero()[:, 0]
        if len(empty):
            centres[empty] = B[(sizes + 2 * least).topk(len(empty)).indices]
        old = labels
        labels, least = nearest(columns, centres)
        history.append(total + 2 * float(least.sum()))
        changed = (labels != old).nonzero()[:, 0]
        if not len(changed) or float((centres - before).square().sum()) <= tol:
            break
        rows = B[changed]
        sums = sums.index_add(0, labels[changed], rows).index_add(0, old[changed], -rows)
    return centres, labels, [max(value, 0.0) for value in history]

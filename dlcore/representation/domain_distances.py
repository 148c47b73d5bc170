"""How far two sets of examples are apart as distributions."""

import numpy as np
import torch
from jaxtyping import Float
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from dlcore.classical import rbf_kernel
from dlcore.linalg import pairwise_distances


def mmd_rbf(
    X: Float[Tensor, "n d"],
    Y: Float[Tensor, "m d"],
    *,
    gamma: float | None = None,
    unbiased: bool = False,
) -> Float[Tensor, ""]:
    r"""The squared maximum mean discrepancy with the kernel $k(x, y) = e^{-\gamma \|x - y\|^2}$.

    $\overline{k(x, x')} + \overline{k(y, y')} - 2\,\overline{k(x, y)}$: how much nearer points are
    to their own set than to the other. It is 0 only for equal distributions.

    Args:
        X: examples as rows, shape (n, d).
        Y: examples as rows, shape (m, d).
        gamma: $\gamma$, positive; default 1 over the median squared distance of all pairs.
        unbiased: leave out the pairs of a point with itself: right on average, but may be negative.

    Returns:
        A number, with gradients to X and Y.

    Raises:
        ValueError: shapes that do not fit, fewer than 2 examples in a set, or gamma not positive.

    Equation: :eq:`eq-mmd`
    Section: :ref:`sec-domain-distance`
    Source: Gretton, Borgwardt, Rasch, Schölkopf, Smola (2012), A kernel two-sample test, JMLR
        13:723-773.

    Example:
        >>> X = torch.tensor([[0.0], [1.0]])
        >>> mmd_rbf(X, X).abs() < 1e-6, mmd_rbf(X, X + 9.0, gamma=1.0) > 1
        (tensor(True), tensor(True))

    In production: the same lines.
    """
    _require_sets("mmd_rbf", X, Y)
    if gamma is None:
        Z = torch.cat([X, Y]).detach()
        i, j = torch.triu_indices(len(Z), len(Z), 1, device=Z.device)
        median = float(pairwise_distances(Z)[i, j].square().median())
        gamma = 1 / median if median > 0 else 1.0
    if not gamma > 0:
        raise ValueError(f"mmd_rbf: gamma must be positive, got {gamma}")
    within = [rbf_kernel(A, A, gamma=gamma) for A in (X, Y)]
    if unbiased:
        means = [(K.sum() - K.diagonal().sum()) / (len(K) * (len(K) - 1)) for K in within]
    else:
        means = [K.mean() for K in within]
    return means[0] + means[1] - 2 * rbf_kernel(X, Y, gamma=gamma).mean()


def coral_loss(X: Float[Tensor, "n d"], Y: Float[Tensor, "m d"]) -> Float[Tensor, ""]:
    r"""How much two covariances differ, $\frac{1}{4d^2} \lVert C_X - C_Y \rVert_F^2$.

    Means play no part.

    Args:
        X: examples as rows, shape (n, d).
        Y: examples as rows, shape (m, d).

    Returns:
        A number, with gradients to X and Y.

    Raises:
        ValueError: shapes that do not fit, or fewer than 2 examples in a set.

    Equation: :eq:`eq-coral`
    Section: :ref:`sec-domain-distance`
    Source: Sun, Saenko (2016), Deep CORAL: correlation alignment for deep domain adaptation,
        arXiv:1607.01719.

    Example:
        >>> X = torch.tensor([[-1.0], [1.0]])
        >>> coral_loss(X, X + 5), coral_loss(X, 2 * X)
        (tensor(0.), tensor(9.))

    In production: the same lines.
    """
    _require_sets("coral_loss", X, Y)
    C_X, C_Y = (A.T @ A / (len(A) - 1) for A in (X - X.mean(0), Y - Y.mean(0)))
    return (C_X - C_Y).square().sum() / (4 * X.shape[1] ** 2)


def proxy_a_distance(
    X: Float[Tensor, "n d"],
    Y: Float[Tensor, "m d"],
    *,
    folds: int = 5,
    C: float = 1.0,
    random_state: int = 0,
) -> float:
    r"""How well a linear classifier tells two sets apart, $2(1 - 2\epsilon)$.

    The error $\epsilon$ is that of logistic regression on standardized features, on examples that
    it did not see, averaged over both sets.

    Args:
        X: examples as rows, shape (n, d).
        Y: examples as rows, shape (m, d).
        folds: of the cross-validation.
        C: inverse strength of the classifier's penalty.
        random_state: seed of the folds.

    Returns:
        2 if the sets can be told apart without error, about 0, on either side, if not at all.

    Raises:
        ValueError: shapes that do not fit, or fewer examples in a set than folds.

    Equation: :eq:`eq-proxy-a-distance`
    Section: :ref:`sec-domain-distance`
    Source: Ben-David, Blitzer, Crammer, Pereira (2007), Analysis of representations for domain
        adaptation, NeurIPS 19.

    Example:
        >>> X = torch.linspace(0, 1, 20)[:, None]
        >>> proxy_a_distance(X, X + 5)
        2.0

    In production: scikit-learn's classifiers.
    """
    _require_sets("proxy_a_distance", X, Y, least=max(folds, 2))
    both = torch.cat([X, Y]).detach().cpu().numpy()
    domain = np.repeat([0, 1], [len(X), len(Y)])
    classifier = make_pipeline(
        StandardScaler(), LogisticRegression(C=C, class_weight="balanced", max_iter=1000)
    )
    splits = StratifiedKFold(folds, shuffle=True, random_state=random_state)
    wrong = cross_val_predict(classifier, both, domain, cv=splits) != domain
    error = (wrong[domain == 0].mean() + wrong[domain == 1].mean()) / 2
    return float(2 * (1 - 2 * error))


def _require_sets(name: str, X: Tensor, Y: Tensor, least: int = 2) -> None:
    if X.ndim != 2 or Y.ndim != 2 or X.shape[1] != Y.shape[1] or min(len(X), len(Y)) < least:
        raise ValueError(
            f"{name} needs two sets (n, d) and (m, d) of at least {least} examples, got "
            f"{tuple(X.shape)} and {tuple(Y.shape)}"
        )

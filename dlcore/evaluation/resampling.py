"""Classes of unequal size: drawing more of the rare, fewer of the common, or weighing them."""

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from dlcore.classical import nearest_neighbors

Resampled = tuple[Tensor, Tensor]


def class_weights(y: Int[Tensor, " n"], classes: int | None = None) -> Float[Tensor, " k"]:
    r"""Weights by which every class counts as much as any other, $w_c = n / (K n_c)$.

    Args:
        y: labels from 0, shape (n,).
        classes: K; by default one more than the largest label.

    Returns:
        A weight for each class, shape (K,), with mean 1 over the examples; infinite for a class
        without examples.

    Raises:
        ValueError: no labels, or labels outside 0 to K - 1.

    Equation: :eq:`eq-class-weights`
    Section: :ref:`sec-imbalance`
    Source: King, Zeng (2001), Logistic regression in rare events data,
        doi:10.1093/oxfordjournals.pan.a004868.

    Example:
        >>> class_weights(torch.tensor([0, 0, 0, 1]))
        tensor([0.6667, 2.0000])

    In production: sklearn.utils.class_weight.compute_class_weight("balanced", ...).
    """
    _require_labels("class_weights", y)
    k = int(y.max()) + 1 if classes is None else classes
    if int(y.min()) < 0 or int(y.max()) >= k:
        raise ValueError(f"class_weights: labels must lie in 0 to {k - 1}")
    return len(y) / (k * y.bincount(minlength=k).to(torch.get_default_dtype()))


def random_oversample(
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    *,
    generator: torch.Generator | None = None,
) -> Resampled:
    """Repeat examples of the smaller classes until all are as large as the largest.

    Only for the training part: a copy that lands in the test part gives its label away.

    Args:
        X: examples, shape (n, ...).
        y: labels, shape (n,).
        generator: source of the draws; by default torch's global one.

    Returns:
        Examples and labels: the given ones in their order, then the repeated ones.

    Raises:
        ValueError: no labels, or X and y of different lengths.

    Section: :ref:`sec-imbalance`
    Source: Japkowicz, Stephen (2002), The class imbalance problem, Intelligent Data Analysis 6.

    Example:
        >>> X, y = torch.arange(4.0)[:, None], torch.tensor([0, 0, 0, 1])
        >>> random_oversample(X, y)[1].bincount()
        tensor([3, 3])

    In production: torch.utils.data.WeightedRandomSampler, imblearn's RandomOverSampler.
    """
    _require_labels("random_oversample", y, X)
    most = int(y.unique(return_counts=True)[1].max())
    chosen = [torch.arange(len(y), device=y.device)]
    for c in y.unique():
        members = (y == c).nonzero()[:, 0]
        chosen.append(members[_draw(len(members), most - len(members), y, generator)])
    positions = torch.cat(chosen)
    return X[positions.to(X.device)], y[positions]


def random_undersample(
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    *,
    generator: torch.Generator | None = None,
) -> Resampled:
    """Drop examples of the larger classes until all are as small as the smallest.

    Args:
        X: examples, shape (n, ...).
        y: labels, shape (n,).
        generator: source of the draws; by default torch's global one.

    Returns:
        The examples and labels that are kept, in their order.

    Raises:
        ValueError: no labels, or X and y of different lengths.

    Section: :ref:`sec-imbalance`
    Source: Japkowicz, Stephen (2002), The class imbalance problem, Intelligent Data Analysis 6.

    Example:
        >>> X, y = torch.arange(4.0)[:, None], torch.tensor([0, 0, 0, 1])
        >>> random_undersample(X, y)[1]
        tensor([0, 1])

    In production: imblearn.under_sampling.RandomUnderSampler.
    """
    _require_labels("random_undersample", y, X)
    least = int(y.unique(return_counts=True)[1].min())
    kept = []
    for c in y.unique():
        members = (y == c).nonzero()[:, 0]
        device = generator.device if generator else torch.device("cpu")
        order = torch.randperm(len(members), generator=generator, device=device)
        kept.append(members[order[:least].to(y.device)])
    positions = torch.cat(kept).sort().values
    return X[positions.to(X.device)], y[positions]


def smote(
    X: Float[Tensor, "n d"],
    y: Int[Tensor, " n"],
    *,
    k: int = 5,
    generator: torch.Generator | None = None,
) -> Resampled:
    r"""Fill the smaller classes with points between neighbours, $x_i + u (x_{nn} - x_i)$.

    Points in between vary less than the class does, and may lie where the other class is. Only
    for the training part.

    Args:
        X: examples as rows, shape (n, d).
        y: labels, shape (n,).
        k: the neighbour is one of the k nearest of the same class; fewer in a class of k or less.
        generator: source of the draws; by default torch's global one.

    Returns:
        Examples and labels: the given ones in their order, then the new ones.

    Raises:
        ValueError: no labels, X and y of different lengths, k below 1, or a class to be filled
            that has a single member.

    Equation: :eq:`eq-smote`
    Section: :ref:`sec-imbalance`
    Source: Chawla, Bowyer, Hall, Kegelmeyer (2002), SMOTE: synthetic minority over-sampling
        technique, arXiv:1106.1813.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [2.0], [10.0], [11.0]])
        >>> X_new, y_new = smote(X, torch.tensor([0, 0, 0, 1, 1]))
        >>> y_new.bincount(), bool(10 <= X_new[5] <= 11)
        (tensor([3, 3]), True)

    In production: imblearn.over_sampling.SMOTE.
    """
    _require_labels("smote", y, X)
    if k < 1 or X.ndim != 2:
        raise ValueError(f"smote needs k >= 1 and examples as rows, got {k} and {tuple(X.shape)}")
    labels, counts = y.unique(return_counts=True)
    all_X, all_y = [X], [y]
    for c, count in zip(labels, counts.tolist(), strict=True):
        missing = int(counts.max()) - count
        if missing == 0:
            continue
        if count < 2:
            raise ValueError(f"smote: class {int(c)} has a single member, so no neighbour")
        members = X[(y == c).to(X.device)]
        near = nearest_neighbors(members, members, min(k, count - 1) + 1).indices[:, 1:]
        first = _draw(count, missing, X, generator)
        second = near[first, _draw(near.shape[1], missing, X, generator)]
        device = generator.device if generator else X.device
        u = torch.rand(missing, 1, generator=generator, dtype=X.dtype, device=device).to(X.device)
        all_X.append(members[first] + u * (members[second] - members[first]))
        all_y.append(c.expand(missing))
    return torch.cat(all_X), torch.cat(all_y)


def _draw(limit: int, n: int, like: Tensor, generator: torch.Generator | None) -> Tensor:
    device = generator.device if generator else torch.device("cpu")
    return torch.randint(limit, (n,), generator=generator, device=device).to(like.device)


def _require_labels(name: str, y: Tensor, X: Tensor | None = None) -> None:
    if y.ndim != 1 or len(y) == 0:
        raise ValueError(f"{name}: labels of shape (n,) are needed, got {tuple(y.shape)}")
    if X is not None and len(X) != len(y):
        raise ValueError(f"{name}: X and y differ in length: {tuple(X.shape)}, {tuple(y.shape)}")

"""What a model's prediction rests on: permutation importance, Shapley values, LIME."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import as_generator, like
from dlcore.linalg import lstsq

Predict = Callable[[Tensor], Tensor]


class PermutationImportance(NamedTuple):
    """How much the score falls when a feature is shuffled.

    Attributes:
        mean: over the repetitions, shape (d,).
        std: their standard deviation, shape (d,).
        falls: each one, shape (d, r).
    """

    mean: Float[Tensor, " d"]
    std: Float[Tensor, " d"]
    falls: Float[Tensor, "d r"]


def permutation_importance(
    model, X, y, *, n_repeats: int = 5, random_state=None
) -> PermutationImportance:
    r"""How much worse a model scores when one feature's values are shuffled among the examples.

    Shuffling keeps the feature's distribution and breaks its tie with the target. On held-out
    examples it tells what the model needs; a twin of the feature can hide that.

    Args:
        model: a fitted estimator with `score`.
        X: examples, shape (n, d), better not those of the training.
        y: their targets, shape (n,).
        n_repeats: shuffles of each feature, r.
        random_state: int, torch.Generator or None: draws the shuffles.

    Returns:
        Falls of the score, as mean, standard deviation and each one.

    Raises:
        ValueError: n_repeats is below 1.

    Equation: :eq:`eq-permutation-importance`
    Section: :ref:`sec-feature-importance`
    Source: Breiman (2001), Random forests, doi:10.1023/A:1010933404324, section 10.

    Example:
        >>> from dlcore.classical import DecisionTreeClassifier
        >>> X, y = torch.rand(40, 2), torch.arange(40) % 2
        >>> X[:, 1] = y
        >>> model = DecisionTreeClassifier().fit(X, y)
        >>> permutation_importance(model, X, y, random_state=0).mean.argmax()
        tensor(1)

    In production: sklearn.inspection.permutation_importance.
    """
    if n_repeats < 1:
        raise ValueError(f"n_repeats must be at least 1, got {n_repeats}")
    generator = as_generator(random_state)
    A = X.detach() if isinstance(X, Tensor) else torch.tensor(np.asarray(X))
    full = model.score(X, y)
    falls = torch.zeros(A.shape[1], n_repeats, dtype=torch.float64)
    for j in range(A.shape[1]):
        for r in range(n_repeats):
            order = torch.randperm(len(A), generator=generator, device=generator.device)
            shuffled = A.clone()
            shuffled[:, j] = A[order.to(A.device), j]
            falls[j, r] = full - model.score(like(X, shuffled), y)
    return PermutationImportance(falls.mean(1), falls.std(1, correction=0), falls)


def shapley_values(
    predict: Predict, x: Float[Tensor, " d"], background: Float[Tensor, "n d"]
) -> Float[Tensor, " d"]:
    r"""Each feature's fair share in a prediction's distance from the average prediction.

    The value of a set S of features is the mean prediction when those come from x and the others
    from the background examples; a feature gets its mean contribution over all orders in which
    features can be added,
    $\phi_j = \sum_{S \not\ni j} \frac{|S|!(d - |S| - 1)!}{d!} (v(S \cup j) - v(S))$.

    Args:
        predict: from examples (m, d) to one number each, (m,).
        x: the example to explain, shape (d,), with at most 12 features: all $2^d$ sets are tried.
        background: examples that stand for "feature unknown", shape (n, d).

    Returns:
        $\phi$, shape (d,); the sum is predict(x) less the mean prediction on the background.

    Raises:
        ValueError: more than 12 features, or shapes that do not fit.

    Equation: :eq:`eq-shapley-value`
    Section: :ref:`sec-explaining-predictions`
    Source: Shapley (1953), A value for n-person games, doi:10.1515/9781400881970-018; Lundberg, Lee
        (2017), A unified approach to interpreting model predictions, arXiv:1705.07874.

    Example:
        >>> background = torch.tensor([[0.0, 0.0], [2.0, 4.0]])
        >>> linear = lambda X: X @ torch.tensor([3.0, -1.0])
        >>> shapley_values(linear, torch.tensor([2.0, 2.0]), background)
        tensor([3., 0.])

    In production: shap.
    """
    d = len(x)
    if d > 12 or background.ndim != 2 or background.shape[1] != d or not len(background):
        raise ValueError(
            "shapley_values needs at most 12 features and background examples with as many, got "
            f"shapes {tuple(x.shape)} and {tuple(background.shape)}"
        )
    subsets = torch.arange(2**d, device=x.device)
    known = (subsets[:, None] >> torch.arange(d, device=x.device)) & 1 == 1
    mixed = torch.where(known[:, None], x, background)
    predictions = torch.as_tensor(predict(mixed.flatten(0, 1)))
    value = predictions.view(2**d, len(background)).mean(1)
    size = known.sum(1)
    weight = value.new_tensor([1 / (d * math.comb(d - 1, s)) for s in range(d)])
    parts = []
    for j in range(d):
        without = (~known[:, j]).nonzero()[:, 0]
        parts.append((weight[size[without]] * (value[without + 2**j] - value[without])).sum())
    return torch.stack(parts)


class LocalExplanation(NamedTuple):
    """A linear model that imitates another around one example.

    Attributes:
        weights: the change of the prediction for one standard deviation of each feature, (d,).
        intercept: the imitation's prediction at the example.
        r2: the weighted share of the variance of the predictions nearby that it explains.
    """

    weights: Float[Tensor, " d"]
    intercept: float
    r2: float


def lime_explain(
    predict: Predict,
    x: Float[Tensor, " d"],
    scale: Float[Tensor, " d"],
    *,
    n_samples: int = 1000,
    kernel_width: float | None = None,
    alpha: float = 1.0,
    generator: torch.Generator | None = None,
) -> LocalExplanation:
    r"""A linear model fitted to predictions near an example, the nearer the more important (LIME).

    Points are drawn as $x + s \odot z$ with Gaussian z, weighted by $e^{-\|z\|^2/w^2}$, and their
    predictions fitted by ridge regression in z. The explanation depends on the kernel's width:
    "near" is a choice.

    Args:
        predict: from examples (m, d) to one number each, (m,).
        x: the example to explain, shape (d,).
        scale: standard deviations s of the features, shape (d,).
        n_samples: how many points are drawn.
        kernel_width: w; default $0.75\sqrt d$, that of the authors' package.
        alpha: the ridge penalty; the intercept is not penalized.
        generator: source of the points; by default torch's global one.

    Returns:
        Weights in units of the standard deviations, intercept, and how well the imitation fits.

    Raises:
        ValueError: shapes that do not fit, too few samples, or a width or penalty out of range.

    Equation: :eq:`eq-lime`
    Section: :ref:`sec-explaining-predictions`
    Source: Ribeiro, Singh, Guestrin (2016), "Why should I trust you?", arXiv:1602.04938.

    Example:
        >>> linear = lambda X: X @ torch.tensor([3.0, -1.0])
        >>> local = lime_explain(linear, torch.zeros(2), torch.ones(2), alpha=0.0)
        >>> local.weights.round(decimals=3)
        tensor([ 3., -1.])

    In production: lime.
    """
    d = len(x)
    width = 0.75 * math.sqrt(d) if kernel_width is None else kernel_width
    if scale.shape != x.shape or n_samples <= d or not width > 0 or not alpha >= 0:
        raise ValueError(
            f"lime_explain needs one scale a feature, more than {d} samples, a width above 0 and a "
            f"penalty of at least 0, got {tuple(scale.shape)}, {n_samples}, {width} and {alpha}"
        )
    device = generator.device if generator else x.device
    z = torch.randn(n_samples, d, generator=generator, device=device, dtype=x.dtype).to(x.device)
    y = torch.as_tensor(predict(x + scale * z)).to(x)
    w = torch.exp(-z.square().sum(1) / width**2)
    w = w / w.sum() * n_samples
    centre, level = (w @ z) / n_samples, (w @ y) / n_samples
    root = w.sqrt()
    rows = torch.cat([root[:, None] * (z - centre), alpha**0.5 * torch.eye(d).to(x)])
    weights = lstsq(rows, torch.cat([root * (y - level), x.new_zeros(d)]))
    rest = y - level - (z - centre) @ weights
    total = w @ (y - level).square()
    fit = 1 - float(w @ rest.square()) / float(total) if total > 0 else 1.0
    return LocalExplanation(weights, float(level - centre @ weights), fit)

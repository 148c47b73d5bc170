"""What a treatment does: to each patient by two models, to all by weights of who was treated."""

from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.classical import Ridge
from dlcore.classical.estimator import as_array


class TLearner:
    """Two models of the outcome, one of the treated, one of the others; the effect between them.

    It is an effect, and not a difference between kinds of patients, if everything that decided
    about the treatment and matters for the outcome is among the features, and if patients of every
    kind were found in both groups.

    Args:
        model: a regressor with `fit` and `predict`; by default a ridge regression.

    Attributes:
        treated_: a copy of the model, fitted to the treated.
        control_: a copy fitted to the others.

    Raises:
        ValueError: a treatment that is not 0 or 1, or nobody in one of the groups.

    Equation: :eq:`eq-t-learner`.
    Section: :ref:`sec-clinical-decisions`.

    Source: Künzel, Sekhon, Bickel, Yu (2019), Metalearners for estimating heterogeneous treatment
        effects using machine learning, doi:10.1073/pnas.1804597116.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [2.0], [0.0], [1.0], [2.0]])
        >>> treatment = torch.tensor([1, 1, 1, 0, 0, 0])
        >>> y = 5 * X[:, 0] + treatment * (1 + X[:, 0])
        >>> TLearner(Ridge(1e-6)).fit(X, treatment, y).predict_effect(X[:3]).round()
        tensor([1., 2., 3.])

    In production: econml.metalearners.TLearner.
    """

    def __init__(self, model=None) -> None:
        self.model = model

    def fit(self, X, treatment, y) -> "TLearner":
        """Fit both models to features (n, d), treatments (n,) of 0 and 1, and outcomes (n,)."""
        given = torch.as_tensor(as_array(treatment))
        if not ((given == 0) | (given == 1)).all() or given.float().mean() in (0, 1):
            raise ValueError("treatment must be 0 or 1, both of them there")
        model = Ridge() if self.model is None else self.model
        chosen = given.bool() if isinstance(X, Tensor) else given.bool().numpy()
        self.treated_ = deepcopy(model).fit(X[chosen], y[chosen])
        self.control_ = deepcopy(model).fit(X[~chosen], y[~chosen])
        return self

    def predict_effect(self, X):
        """The expected outcome of each patient with treatment minus that without, shape (n,)."""
        return self.treated_.predict(X) - self.control_.predict(X)

    def average_effect(self, X) -> float:
        """The mean of the effects on these patients."""
        return float(np.mean(as_array(self.predict_effect(X))))


class TreatmentEffect(NamedTuple):
    """A mean effect and how uncertain it is.

    Attributes:
        effect: treated minus not treated.
        standard_error: of the mean, taking the propensities as known.
    """

    effect: float
    standard_error: float


def ipw_ate(
    y: Float[Tensor, " n"],
    treatment: Int[Tensor, " n"] | Bool[Tensor, " n"],
    propensity: Float[Tensor, " n"],
    *,
    normalize: bool = False,
    clip: float = 0.0,
) -> TreatmentEffect:
    r"""The mean effect from patients who were not treated at random, each weighted for that.

    $\frac1n \sum_i \frac{t_i y_i}{e_i} - \frac{(1 - t_i) y_i}{1 - e_i}$: who was treated against
    the odds stands for many of his kind who were not.

    Args:
        y: outcomes, shape (n,).
        treatment: 0 or 1, shape (n,).
        propensity: e, the probability of treatment given the features, shape (n,).
        normalize: divide by the sums of the weights (Hájek): a little bias, less variance.
        clip: propensities are cut to [clip, 1 - clip]; extreme weights go, bias comes.

    Returns:
        The effect and its standard error.

    Raises:
        ValueError: shapes that differ, a treatment that is not 0 or 1, propensities that are not
            between 0 and 1, a clip outside [0, 0.5), or a group with nobody in it when normalized.

    Equation: :eq:`eq-inverse-propensity`.
    Section: :ref:`sec-clinical-decisions`.

    Source: Horvitz, Thompson (1952), A generalization of sampling without replacement from a finite
        universe, doi:10.1080/01621459.1952.10483446; Hirano, Imbens, Ridder (2003),
        doi:10.1111/1468-0262.00442.

    Example:
        >>> y, t = torch.tensor([3.0, 3.0, 1.0, 1.0]), torch.tensor([1, 1, 0, 0])
        >>> ipw_ate(y, t, torch.full((4,), 0.5)).effect
        2.0

    In production: econml, DoWhy; doubly robust estimates are safer.
    """
    if not y.shape == treatment.shape == propensity.shape or y.ndim != 1 or not len(y):
        raise ValueError("y, treatment and propensity must have one shape (n,)")
    if not ((treatment == 0) | (treatment == 1)).all():
        raise ValueError("treatment must be 0 or 1")
    if not 0 <= clip < 0.5:
        raise ValueError(f"clip must lie in [0, 0.5), got {clip}")
    e = propensity.double().clamp(clip, 1 - clip)
    if not ((e > 0) & (e < 1)).all():
        raise ValueError(
            "propensities must lie between 0 and 1: who is always treated has no match"
        )
    t, outcome = treatment.double(), y.double()
    treated, control = t / e, (1 - t) / (1 - e)
    if normalize:
        if not 0 < float(t.mean()) < 1:
            raise ValueError("both groups must have somebody in them")
        treated, control = treated / treated.mean(), control / control.mean()
        means = (treated * outcome).mean(), (control * outcome).mean()
        parts = treated * (outcome - means[0]) - control * (outcome - means[1])
        effect = means[0] - means[1]
    else:
        parts = (treated - control) * outcome
        effect = parts.mean()
    return TreatmentEffect(float(effect), float(parts.std(correction=0) / len(y) ** 0.5))

"""What another policy would have earned, judged from what this one did and how likely that was."""

import math
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor


class Estimate(NamedTuple):
    """A value and its standard error."""

    value: float
    standard_error: float


def _mean(samples: Tensor) -> Estimate:
    n = len(samples)
    error = float(samples.std()) / math.sqrt(n) if n > 1 else math.nan
    return Estimate(float(samples.mean()), error)


def _check(n: int, logging: Tensor, **others: Tensor) -> None:
    if not n:
        raise ValueError("no logged step")
    for name, tensor in {"logging": logging, **others}.items():
        if tensor.shape[:1] != (n,):
            raise ValueError(f"{n} rewards need as many {name}, got {tuple(tensor.shape)}")
    if (logging <= 0).any() or (logging > 1).any():
        raise ValueError("the chances of the logged actions must lie in (0, 1]")


def ips_estimate(
    rewards: Float[Tensor, " n"],
    target: Float[Tensor, " n"],
    logging: Float[Tensor, " n"],
    *,
    self_normalized: bool = False,
    max_weight: float = math.inf,
) -> Estimate:
    r"""Inverse propensity scoring: the mean of $w r$ with $w = \pi(a \mid x) / \pi_0(a \mid x)$.

    It is unbiased if the logging policy may take whatever the target policy takes.

    Args:
        rewards: logged, shape (n,).
        target: chances of the logged actions under the policy to be judged.
        logging: under the policy that took them.
        self_normalized: divide by the sum of the weights in the place of n: a little bias, and
            usually much less variance.
        max_weight: larger weights are cut to this; again bias for variance.

    Returns:
        The value and its standard error (self-normalized: to first order).

    Raises:
        ValueError: no step, lengths that differ, logging chances outside (0, 1], or a largest
            weight that is not positive.

    Equation: :eq:`eq-ips`.
    Section: :ref:`sec-off-policy`.

    Source: Horvitz, Thompson (1952), A generalization of sampling without replacement from a finite
    universe, doi:10.1080/01621459.1952.10483446; Swaminathan, Joachims (2015), The self-normalized
    estimator for counterfactual learning, NeurIPS 28.

    Example:
        >>> rewards, logging = torch.tensor([1.0, 0.0]), torch.tensor([0.5, 0.5])
        >>> ips_estimate(rewards, torch.tensor([0.9, 0.1]), logging).value
        0.8999999761581421

    In production: obp.ope.InverseProbabilityWeighting.
    """
    _check(len(rewards), logging, target=target)
    if max_weight <= 0:
        raise ValueError(f"max_weight must be positive, got {max_weight}")
    weights = (target / logging).clamp(max=max_weight)
    if not self_normalized:
        return _mean(weights * rewards)
    total = weights.sum()
    if total == 0:
        raise ValueError("no logged action is ever taken by the target policy")
    value = (weights * rewards).sum() / total
    error = (weights * (rewards - value)).square().sum().sqrt() / total
    return Estimate(float(value), float(error))


def doubly_robust_estimate(
    rewards: Float[Tensor, " n"],
    actions: Int64[Tensor, " n"],
    target: Float[Tensor, "n k"],
    logging: Float[Tensor, " n"],
    predicted: Float[Tensor, "n k"],
) -> Estimate:
    r"""A model of rewards, corrected where it erred: $\sum_a \pi(a) \hat r(a) + w (r - \hat r)$.

    It is right on average if the model is right or the logging chances are; the better the model,
    the less the weights matter.

    Args:
        rewards: logged, shape (n,).
        actions: logged, shape (n,).
        target: chances of all actions under the policy to be judged, shape (n, k).
        logging: chances of the logged actions under the policy that took them, shape (n,).
        predicted: the model's rewards of all actions, shape (n, k).

    Returns:
        The value and its standard error.

    Raises:
        ValueError: no step, shapes that don't belong together, or logging chances outside (0, 1].

    Equation: :eq:`eq-doubly-robust`.
    Section: :ref:`sec-off-policy`.

    Source: Dudík, Langford, Li (2011), Doubly robust policy evaluation and learning,
    arXiv:1103.4601.

    Example:
        >>> one = torch.ones(1)
        >>> target, predicted = torch.tensor([[0.5, 0.5]]), torch.tensor([[1.0, 3.0]])
        >>> doubly_robust_estimate(2 * one, torch.tensor([0]), target, 0.5 * one, predicted).value
        3.0

    In production: obp.ope.DoublyRobust.
    """
    _check(len(rewards), logging, actions=actions, target=target, predicted=predicted)
    if target.shape != predicted.shape:
        raise ValueError(
            f"shapes differ: target {tuple(target.shape)}, predicted {tuple(predicted.shape)}"
        )
    taken = actions[:, None]
    weights = target.gather(1, taken)[:, 0] / logging
    model = (target * predicted).sum(1)
    return _mean(model + weights * (rewards - predicted.gather(1, taken)[:, 0]))


def off_policy_importance_sampling(
    rewards: Float[Tensor, "n steps"],
    ratios: Float[Tensor, "n steps"],
    *,
    discount: float = 1.0,
    kind: Literal["ordinary", "weighted", "per-decision"] = "ordinary",
) -> Estimate:
    r"""The value of a policy from n episodes of another: weights $\prod_t \pi(a_t) / \pi_0(a_t)$.

    The variance of the product may grow exponentially with the length of the episodes.

    Args:
        rewards: shape (n, steps), zeros after the end of an episode.
        ratios: of the chances of each action, target over logging, ones after the end.
        discount: gamma.
        kind: "ordinary": the whole product times the return; "weighted": divided by the sum of the
            products; "per-decision": each reward with the ratios up to it only.

    Returns:
        The value and its standard error ("weighted": to first order).

    Raises:
        ValueError: shapes that differ, no episode, a negative ratio, or an unknown kind.

    Equation: :eq:`eq-trajectory-ratio`.
    Section: :ref:`sec-off-policy`.

    Source: Precup, Sutton, Singh (2000), Eligibility traces for off-policy policy evaluation,
    International Conference on Machine Learning.

    Example:
        >>> rewards, ratios = torch.tensor([[1.0, 1.0]]), torch.tensor([[2.0, 0.5]])
        >>> off_policy_importance_sampling(rewards, ratios).value
        2.0
        >>> off_policy_importance_sampling(rewards, ratios, kind="per-decision").value
        3.0

    In production: obp.ope, d3rlpy.ope.
    """
    if rewards.ndim != 2 or rewards.shape != ratios.shape or not rewards.numel():
        raise ValueError(
            "rewards and ratios of one shape (n, steps) are needed, got "
            f"{tuple(rewards.shape)} and {tuple(ratios.shape)}"
        )
    if (ratios < 0).any() or kind not in ("ordinary", "weighted", "per-decision"):
        raise ValueError(
            'ratios of at least 0 and a kind "ordinary", "weighted" or "per-decision" are needed, '
            f"got {float(ratios.min())} and {kind!r}"
        )
    discounted = rewards * discount ** torch.arange(rewards.shape[1]).to(rewards)
    products = ratios.cumprod(1)
    if kind == "per-decision":
        return _mean((products * discounted).sum(1))
    weights, returns = products[:, -1], discounted.sum(1)
    if kind == "ordinary":
        return _mean(weights * returns)
    return ips_estimate(returns, weights, torch.ones_like(weights), self_normalized=True)

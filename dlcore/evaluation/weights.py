"""How much each example counts in a measure, checked."""

import torch
from jaxtyping import Float64, Real
from torch import Tensor


def checked_weights(
    sample_weight: Real[Tensor, " n"] | None, values: Tensor
) -> Float64[Tensor, " n"]:
    """One weight for each of the values; all 1 by default.

    Args:
        sample_weight: not negative, not all 0, shape (n,).
        values: what is weighted, of length n.

    Returns:
        The weights, float64, on the device of the values.

    Raises:
        ValueError: another number of weights, a negative or infinite one, or only zeros.
    """
    if sample_weight is None:
        return torch.ones(len(values), dtype=torch.float64, device=values.device)
    if sample_weight.shape != values.shape[:1]:
        raise ValueError(
            f"one weight per example is needed: sample_weight {tuple(sample_weight.shape)} for "
            f"{len(values)} examples"
        )
    weights = sample_weight.to(values.device, torch.float64)
    if not ((weights >= 0) & weights.isfinite()).all() or not weights.any():
        raise ValueError("weights must be finite, not negative and not all 0")
    return weights


def weighted_mean(values: Tensor, sample_weight: Real[Tensor, " n"] | None) -> float:
    """The mean of the values of shape (n,), each counted as often as its weight says."""
    weights = checked_weights(sample_weight, values)
    return ((weights * values).sum() / weights.sum()).item()

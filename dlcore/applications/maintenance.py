"""How long a machine will run: windows of its sensors, and a score that fears surprises."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


def rul_windows(
    run: Float[Tensor, "t s"], width: int, *, stride: int = 1, max_rul: float = math.inf
) -> tuple[Float[Tensor, "m width s"], Float[Tensor, " m"]]:
    """Cut a run that ended in failure into windows, each with the time that was left.

    Args:
        run: sensors until the last step before the failure, shape (t, s).
        width: steps in a window.
        stride: steps from window to window, counted back from the end.
        max_rul: a longer time counts as this much: a new machine shows no sign of its end.

    Returns:
        Windows in time, shape (m, width, s), and the steps left after the last of each, shape (m,):
        the last window has 0 left.

    Raises:
        ValueError: no matrix, a width outside 1..t, a stride below 1, or a negative max_rul.

    Section: :ref:`sec-manufacturing`.

    Source: Heimes (2008), Recurrent neural networks for remaining useful life estimation,
        doi:10.1109/PHM.2008.4711422 (the limit).

    Example:
        >>> windows, left = rul_windows(torch.arange(5.0)[:, None], width=3)
        >>> windows[:, :, 0].tolist(), left.tolist()
        ([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 4.0]], [2.0, 1.0, 0.0])

    In production: Tensor.unfold, as here.
    """
    if run.ndim != 2 or not 1 <= width <= len(run) or stride < 1:
        raise ValueError(
            f"expected (t, s), 1 <= width <= t, stride >= 1: {tuple(run.shape)}, {width}, {stride}"
        )
    if max_rul < 0:
        raise ValueError(f"max_rul must be at least 0, got {max_rul}")
    windows = run.unfold(0, width, 1).mT
    left = torch.arange(len(windows) - 1, -1, -1, dtype=run.dtype, device=run.device)
    chosen = left % stride == 0
    return windows[chosen], left[chosen].clamp(max=max_rul)


def phm_score(predicted: Float[Tensor, " n"], actual: Float[Tensor, " n"]) -> float:
    r"""How bad predicted lifetimes are, those that are too long more than those that are too short.

    With d = predicted - actual: the sum of $e^{-d/13} - 1$ where d < 0 and of $e^{d/10} - 1$
    elsewhere.

    Args:
        predicted: steps left, shape (n,).
        actual: steps that were left, shape (n,).

    Returns:
        0 for perfect predictions, more for worse ones; a single bad one can rule the sum.

    Raises:
        ValueError: shapes that differ.

    Equation: :eq:`eq-phm-score`.
    Section: :ref:`sec-manufacturing`.

    Source: Saxena, Goebel, Simon, Eklund (2008), Damage propagation modeling for aircraft engine
        run-to-failure simulation, doi:10.1109/PHM.2008.4711414.

    Example:
        >>> early, late = torch.tensor([40.0]), torch.tensor([60.0])
        >>> round(phm_score(early, late), 2), round(phm_score(late, early), 2)
        (3.66, 6.39)

    In production: the same lines.
    """
    if predicted.shape != actual.shape or actual.ndim != 1:
        raise ValueError(f"shapes differ: {tuple(predicted.shape)} and {tuple(actual.shape)}")
    d = (predicted - actual).double()
    return float(torch.where(d < 0, torch.expm1(-d / 13), torch.expm1(d / 10)).sum())

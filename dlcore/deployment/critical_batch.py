"""How large a minibatch pays: steps against examples, and the noise of gradients."""

import math

from torch import Tensor


def require_positive(**values: float) -> None:
    """Each setting is a positive number."""
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be positive and finite, got {value}")


def steps_to_target(batch_size: float, *, min_steps: float, critical_batch: float) -> float:
    r"""Steps to a given loss, $S = S_{\min} (1 + B_{\mathrm{crit}} / B)$.

    Far below the critical batch twice the batch halves the steps; far above it changes nothing, and
    the examples seen, $S B$, grow with the batch.

    Args:
        batch_size: examples in a minibatch, B.
        min_steps: steps with the whole data set as minibatch.
        critical_batch: the batch with which twice as many are needed.

    Returns:
        The number of steps, not rounded.

    Raises:
        ValueError: a number that is not positive.

    Equation: :eq:`eq-critical-batch`
    Section: :ref:`sec-cluster-model`
    Source: McCandlish, Kaplan, Amodei (2018), An empirical model of large-batch training,
        arXiv:1812.06162, section 2.2.

    Example:
        >>> [steps_to_target(B, min_steps=100, critical_batch=1000) for B in (10, 1000, 100_000)]
        [10100.0, 200.0, 101.0]

    In production: runs with several batch sizes.
    """
    require_positive(batch_size=batch_size, min_steps=min_steps, critical_batch=critical_batch)
    return min_steps * (1 + critical_batch / batch_size)


def simple_noise_scale(
    squared_norm_small: float | Tensor,
    squared_norm_big: float | Tensor,
    *,
    batch_small: int,
    batch_big: int,
) -> float:
    r"""The critical batch from squared gradient norms with two batch sizes.

    A minibatch's squared gradient norm is $\lVert G \rVert^2 + \operatorname{tr} \Sigma / B$ on
    average; two sizes give both terms, and $B_{\mathrm{crit}}$ is about
    $\operatorname{tr} \Sigma / \lVert G \rVert^2$. Training with several workers has both norms at
    hand, before and after the gradients are added up.

    Args:
        squared_norm_small: average over small batches.
        squared_norm_big: average over big ones.
        batch_small: examples in a small batch.
        batch_big: in a big one.

    Returns:
        A number of examples; infinite if no gradient remains without the noise.

    Raises:
        ValueError: not 1 <= batch_small < batch_big.

    Equation: :eq:`eq-critical-batch`
    Section: :ref:`sec-cluster-model`
    Source: McCandlish, Kaplan, Amodei (2018), An empirical model of large-batch training,
        arXiv:1812.06162, appendix A.1.

    Example:
        >>> scale = simple_noise_scale(1 + 50 / 10, 1 + 50 / 100, batch_small=10, batch_big=100)
        >>> round(scale, 3)
        50.0

    In production: the same two lines, averaged over many steps.
    """
    if not 1 <= batch_small < batch_big:
        raise ValueError(f"batches must grow from 1 or more, got {batch_small} and {batch_big}")
    small, big = float(squared_norm_small), float(squared_norm_big)
    noise = (small - big) / (1 / batch_small - 1 / batch_big)
    signal = (batch_big * big - batch_small * small) / (batch_big - batch_small)
    return noise / signal if signal > 0 else math.inf

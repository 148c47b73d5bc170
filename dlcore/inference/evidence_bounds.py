"""The evidence as a bound and a gap, for one observation with discrete latent variables."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.probability import elbo


class EvidenceSplit(NamedTuple):
    """The two parts that add up to the log evidence, in nats.

    Attributes:
        elbo: the evidence lower bound.
        gap: the divergence of q from the posterior, at least 0; infinite where q allows what the
            joint rules out.
        log_evidence: their sum, which does not depend on q.

    Equation: :eq:`eq-evidence-split`.
    Section: :ref:`sec-evidence-split`.

    Example:
        >>> sum(EvidenceSplit(-1.5, 0.5, -1.0)[:2])
        -1.0

    In production: pyro.infer.TraceEnum_ELBO gives the first.
    """

    elbo: float
    gap: float
    log_evidence: float


def elbo_discrete(joint: Float[Tensor, "*states"], q: Float[Tensor, "*states"]) -> EvidenceSplit:
    r"""Split $\log p(x)$ into the bound of a distribution q and its distance from the posterior.

    $\log p(x) = \mathbb E_q \log \frac{p(x, z)}{q(z)} + D_{KL}(q \Vert p(z \mid x))$.

    Args:
        joint: $p(x, z)$ at the observed x, one axis for each latent variable; at least 0.
        q: a distribution of the same shape.

    Returns:
        The bound, the gap and the log evidence; the gap is summed on its own, not as a difference.

    Raises:
        ValueError: shapes that differ, a joint that is negative or 0 everywhere, or a q that is no
            distribution.

    Equation: :eq:`eq-evidence-split`.
    Section: :ref:`sec-evidence-split`.

    Source: Jordan et al. (1999), An introduction to variational methods for graphical models,
        doi:10.1023/A:1007665907178.

    Example:
        >>> joint = torch.tensor([0.6 * 0.2, 0.4 * 0.7])
        >>> [round(part, 4) for part in elbo_discrete(joint, torch.tensor([0.5, 0.5]))]
        [-1.0035, 0.0872, -0.9163]

    In production: pyro.infer.TraceEnum_ELBO.
    """
    bound = elbo(joint.reshape(1, -1), q.reshape(1, -1)) if joint.shape == q.shape else None
    if bound is None or not bool(joint.sum() > 0):
        raise ValueError(
            f"elbo_discrete needs a joint with a positive sum and q of its shape, got "
            f"{tuple(joint.shape)} and {tuple(q.shape)}"
        )
    evidence = joint.sum()
    terms = torch.special.xlogy(q, q) - torch.special.xlogy(q, joint / evidence)
    return EvidenceSplit(float(bound), float(terms.sum()), float(evidence.log()))

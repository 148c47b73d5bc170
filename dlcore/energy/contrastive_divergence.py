"""Gradients of an RBM's likelihood: exact, by short chains, by chains that go on; their bias."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.energy.enumeration import binary_states
from dlcore.energy.rbm import RBM, Gradient

MOST_STATES_SQUARED = 12


def phase_difference(positive: Gradient, negative: Gradient) -> dict[str, Tensor]:
    """What the data say of each parameter minus what the model says."""
    return {name: positive[name] - negative[name] for name in positive}


def rbm_exact_gradient(rbm: RBM, v: Float[Tensor, "n d"]) -> dict[str, Tensor]:
    r"""The gradient of the mean log-likelihood, with the negative phase summed over all states.

    Args:
        rbm: of binary units, at most 20 of them visible.
        v: data, shape (n, d).

    Returns:
        $\langle v h^\top\rangle_{data} - \langle v h^\top\rangle_{model}$ as "W", and likewise "b"
        and "c": the direction in which to climb.

    Raises:
        ValueError: rows of another length, or too many units to enumerate.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-rbm-gradient`.
    Section: :ref:`sec-two-phases`.

    Source: Ackley, Hinton, Sejnowski (1985), A learning algorithm for Boltzmann machines,
        doi:10.1207/s15516709cog0901_7.

    Example:
        >>> W = torch.tensor([[1.0, -0.5], [0.5, 0.8], [-1.0, 0.3]])
        >>> rbm = RBM.from_parameters(W, torch.tensor([0.1, -0.2, 0.3]), torch.tensor([0.2, -0.1]))
        >>> rbm_exact_gradient(rbm, torch.tensor([[1.0, 0.0, 1.0]]))["b"]
        tensor([ 0.3920, -0.6321,  0.5428])

    In production: `contrastive_divergence` and its relatives; the sum has 2^d terms.
    """
    states = _all_states(rbm)
    with torch.no_grad():
        p = rbm.log_prob(states).exp()
    return phase_difference(rbm.statistics(v), rbm.statistics(states, p))


def _all_states(rbm: RBM, most: int = 20) -> Tensor:
    if type(rbm) is not RBM:
        raise TypeError(f"only binary visible units can be enumerated, got {type(rbm).__name__}")
    d = len(rbm.b)
    if d > most:
        raise ValueError(f"{d} visible units are too many to enumerate, at most {most}")
    return binary_states(d, dtype=rbm.b.dtype, device=rbm.b.device)


def contrastive_divergence(
    rbm: RBM,
    v: Float[Tensor, "n d"],
    k: int = 1,
    *,
    generator: torch.Generator | None = None,
) -> dict[str, Tensor]:
    r"""CD-k: the negative phase from k Gibbs steps that start at the data.

    Args:
        rbm: of any kind.
        v: data, shape (n, d); each row starts a chain.
        k: steps.
        generator: source of the draws; by default torch's global one.

    Returns:
        $\langle v\,p(h \mid v)^\top\rangle_{data} - \langle v\,p(h \mid v)^\top\rangle_k$ as "W",
        and likewise "b" and "c": a biased estimate of the gradient of the mean log-likelihood.

    Raises:
        ValueError: no step, no data, or rows of another length.

    Equation: :eq:`eq-cd-k`.
    Section: :ref:`sec-cd-k`.

    Source: Hinton (2002), Training products of experts by minimizing contrastive divergence,
        doi:10.1162/089976602760128018.

    Example:
        >>> rbm = RBM(4, 3)
        >>> contrastive_divergence(rbm, torch.ones(5, 4), k=2)["W"].shape
        torch.Size([4, 3])

    In production: sklearn.neural_network.BernoulliRBM learns by the persistent variant.
    """
    _check_steps(v, k)
    walked = rbm.gibbs(v, k, generator=generator)
    return phase_difference(rbm.statistics(v), rbm.statistics(walked))


def _check_steps(v: Tensor, k: int) -> None:
    if k < 1 or not len(v):
        raise ValueError(f"expected a step and a row at least, got {k} and {len(v)}")


class PersistentStep(NamedTuple):
    """What a step with persistent chains gives.

    Attributes:
        gradient: "W", "b" and "c" as of `contrastive_divergence`.
        chains: where the chains are now, shape (chains, d).

    Section: :ref:`sec-persistent-cd`.

    Example:
        >>> step = persistent_contrastive_divergence(RBM(4, 3), torch.ones(5, 4), torch.zeros(7, 4))
        >>> step.chains.shape
        torch.Size([7, 4])

    In production: a buffer of the model.
    """

    gradient: dict[str, Tensor]
    chains: Float[Tensor, "c d"]


def persistent_contrastive_divergence(
    rbm: RBM,
    v: Float[Tensor, "n d"],
    chains: Float[Tensor, "c d"],
    k: int = 1,
    *,
    generator: torch.Generator | None = None,
) -> PersistentStep:
    """The negative phase from chains that go on where the last update left them.

    Args:
        rbm: of any kind.
        v: data, shape (n, d).
        chains: states of the chains, shape (c, d), unchanged in place.
        k: Gibbs steps.
        generator: source of the draws; by default torch's global one.

    Returns:
        The gradient, and the chains for the next call.

    Raises:
        ValueError: no step, no data, no chain, or rows of another length.

    Equation: :eq:`eq-pcd`.
    Section: :ref:`sec-persistent-cd`.

    Source: Tieleman (2008), Training restricted Boltzmann machines using approximations to the
        likelihood gradient, doi:10.1145/1390156.1390290; Younes (1989),
        doi:10.1007/BF00341287.

    Example:
        >>> rbm, chains = RBM(4, 3), torch.zeros(7, 4)
        >>> gradient, chains = persistent_contrastive_divergence(rbm, torch.ones(5, 4), chains)
        >>> gradient["c"].shape
        torch.Size([3])

    In production: sklearn.neural_network.BernoulliRBM.
    """
    _check_steps(v, k)
    _check_steps(chains, k)
    walked = rbm.gibbs(chains, k, generator=generator)
    return PersistentStep(phase_difference(rbm.statistics(v), rbm.statistics(walked)), walked)


def gibbs_transition_matrix(rbm: RBM) -> Float[Tensor, "s s"]:
    """The probability to get from one visible state to another in one Gibbs step.

    Args:
        rbm: of binary units, at most 12 in each layer.

    Returns:
        Shape (2^d, 2^d), rows sum to 1, states in the order of `binary_states`.

    Raises:
        ValueError: more units.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-rbm-conditionals`.
    Section: :ref:`sec-cd-bias`.

    Source: the definition.

    Example:
        >>> gibbs_transition_matrix(RBM(1, 1, std=0.0))
        tensor([[0.5000, 0.5000],
                [0.5000, 0.5000]])

    In production: of use on toy machines only.
    """
    m = len(rbm.c)
    v = _all_states(rbm, MOST_STATES_SQUARED)
    if m > MOST_STATES_SQUARED:
        raise ValueError(f"{m} hidden units are too many to enumerate")
    h = binary_states(m, dtype=v.dtype, device=v.device)
    with torch.no_grad():
        return _layer_table(rbm.hidden_input(v), h) @ _layer_table(rbm.b + h @ rbm.W.T, v)


def _layer_table(logits: Tensor, states: Tensor) -> Tensor:
    """Row i: the probability of each joint state of independent units with these logits."""
    return (logits @ states.T).softmax(1)


def expected_contrastive_divergence(
    rbm: RBM, v: Float[Tensor, "n d"], k: int = 1
) -> dict[str, Tensor]:
    """What `contrastive_divergence` is on average: the chains' distribution, not their draws.

    Args:
        rbm: of binary units, at most 12 in each layer.
        v: data of zeros and ones, shape (n, d).
        k: steps.

    Returns:
        "W", "b" and "c".

    Raises:
        ValueError: too many units, no step, no data, or rows that are not zeros and ones.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-cd-k`.
    Section: :ref:`sec-cd-bias`.

    Source: Bengio, Delalleau (2009), Justifying and generalizing contrastive divergence,
        doi:10.1162/neco.2008.11-07-647.

    Example:
        >>> rbm = RBM(3, 2, std=0.0)
        >>> expected_contrastive_divergence(rbm, torch.ones(1, 3))["b"]
        tensor([0.5000, 0.5000, 0.5000])

    In production: `contrastive_divergence`.
    """
    _check_steps(v, k)
    T = gibbs_transition_matrix(rbm)
    rbm.check_visible(v)
    if not ((v == 0) | (v == 1)).all():
        raise ValueError("data of zeros and ones are needed")
    d = v.shape[1]
    numbers = (v.long() << torch.arange(d - 1, -1, -1, device=v.device)).sum(1)
    at = torch.bincount(numbers, minlength=2**d).to(T) / len(v)
    for _ in range(k):
        at = at @ T
    states = binary_states(d, dtype=T.dtype, device=T.device)
    return phase_difference(rbm.statistics(v), rbm.statistics(states, at))


class CDBias(NamedTuple):
    """The average CD-k update beside the gradient that it stands for.

    Attributes:
        exact: the gradient, "W", "b" and "c".
        expected: the average of CD-k.
        norm: length of the exact gradient of the weights, as one vector.
        bias: length of the difference of the weights' gradients.
        relative: bias / norm.
        cosine: of the angle between the weights' gradients.

    Section: :ref:`sec-cd-bias`.

    Example:
        >>> rbm = RBM.from_parameters(torch.zeros(3, 2), torch.zeros(3), torch.zeros(2))
        >>> round(cd_bias(rbm, torch.ones(1, 3)).cosine, 4)
        1.0

    In production: of use on toy machines only.
    """

    exact: dict[str, Tensor]
    expected: dict[str, Tensor]
    norm: float
    bias: float
    relative: float
    cosine: float


def cd_bias(rbm: RBM, v: Float[Tensor, "n d"], k: int = 1) -> CDBias:
    """How far CD-k is from the gradient of the likelihood, without sampling.

    Args:
        rbm: of binary units, at most 12 in each layer.
        v: data of zeros and ones, shape (n, d).
        k: steps.

    Returns:
        Both vectors, and their difference in length and angle.

    Raises:
        ValueError: too many units, no step, no data, or rows that are not zeros and ones.
        TypeError: the visible units are not binary.

    Equation: :eq:`eq-cd-k`.
    Section: :ref:`sec-cd-bias`.

    Source: Carreira-Perpiñán, Hinton (2005), On contrastive divergence learning, AISTATS.

    Example:
        >>> W = 4 * torch.tensor([[1.0, -0.5], [0.5, 0.8], [-1.0, 0.3]])
        >>> rbm = RBM.from_parameters(W, torch.tensor([0.1, -0.2, 0.3]), torch.tensor([0.2, -0.1]))
        >>> data = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
        >>> [round(cd_bias(rbm, data, k).relative, 3) for k in (1, 2, 5)]
        [0.281, 0.157, 0.036]

    In production: of use on toy machines only.
    """
    exact, expected = rbm_exact_gradient(rbm, v), expected_contrastive_divergence(rbm, v, k)
    g, e = exact["W"].flatten(), expected["W"].flatten()
    norm, bias = g.norm().item(), (e - g).norm().item()
    relative = bias / norm if norm else math.inf
    cosine = torch.nn.functional.cosine_similarity(g, e, dim=0).item()
    return CDBias(exact, expected, norm, bias, relative, cosine)

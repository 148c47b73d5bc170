"""Dropout as an average of many networks: all of them, or a sample that shows the spread."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from dlcore.nn.dropout import Dropout, require_probability
from dlcore.nn.dropout_variants import ConcreteDropout, DropConnectLinear

_LARGEST = 20
_DROPPING = (Dropout, DropConnectLinear, ConcreteDropout, _DropoutNd)


class DropoutEnsemble(NamedTuple):
    """The 2^n networks that dropout of n units can leave, see `dropout_ensemble_exact`.

    Section: :ref:`sec-dropout-ensemble`.

    Example:
        >>> ensemble = dropout_ensemble_exact(lambda h: h.sum(-1), torch.tensor([1.0, 2.0]))
        >>> ensemble.outputs
        tensor([0., 4., 2., 6.])

    In production: nothing to import; 2^n is too many.
    """

    masks: Bool[Tensor, "networks n"]
    """Which units each network keeps."""
    outputs: Float[Tensor, " networks *shape"]
    """What each network answers."""
    probabilities: Float[Tensor, " networks"]
    """How often dropout draws each network."""

    def mean(self) -> Float[Tensor, "*shape"]:
        """The mean of the outputs under dropout."""
        return torch.tensordot(self.probabilities, self.outputs, dims=1)

    def variance(self) -> Float[Tensor, "*shape"]:
        """The variance of the outputs under dropout."""
        return torch.tensordot(self.probabilities, (self.outputs - self.mean()) ** 2, dims=1)

    def geometric_mean(self) -> Float[Tensor, "*shape"]:
        """The geometric mean of outputs that are probabilities, made to sum to 1 in the last axis.

        Behind a single softmax layer this is what the network without dropout answers.
        """
        logs = torch.tensordot(self.probabilities, self.outputs.log(), dims=1)
        return torch.softmax(logs, dim=-1)


def dropout_ensemble_exact(
    f: Callable[[Tensor], Tensor], h: Float[Tensor, "*batch n"], p: float = 0.5
) -> DropoutEnsemble:
    """What a network answers with each of the 2^n sets of units that dropout may leave.

    Args:
        f: the part of the network above the dropped units: from (..., n) to its outputs.
        h: the units before dropout, shape (..., n), n at most 20.
        p: the probability of dropping a unit, below 1.

    Returns:
        Masks (2^n, n), outputs (2^n, ...) and probabilities (2^n,). Units that stay are divided by
        1 - p, as in training; mask i keeps unit j where bit n - 1 - j of i is set.

    Raises:
        ValueError: p is out of range, or n is not between 1 and 20.

    Section: :ref:`sec-dropout-ensemble`.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (2014), Dropout: a simple way
    to prevent neural networks from overfitting, JMLR 15.

    Example:
        >>> h = torch.tensor([1.0, 2.0])
        >>> ensemble = dropout_ensemble_exact(lambda h: h @ torch.tensor([3.0, -1.0]), h, p=0.5)
        >>> ensemble.mean(), ensemble.variance()
        (tensor(1.), tensor(13.))

    In production: nothing to import; 2^n is too many, see `mc_dropout_predict`.
    """
    require_probability(p)
    n = h.shape[-1] if h.ndim else 0
    if p == 1:
        raise ValueError("p must be below 1: with all units dropped there is one network")
    if not 1 <= n <= _LARGEST:
        raise ValueError(f"h must have 1 to {_LARGEST} units, got shape {tuple(h.shape)}")
    bits = torch.arange(n - 1, -1, -1, device=h.device)
    masks = (torch.arange(2**n, device=h.device)[:, None] >> bits) % 2 == 1
    kept = masks.sum(dim=1).to(h)
    probabilities = (1 - p) ** kept * p ** (n - kept)
    spread = masks.reshape(2**n, *[1] * (h.ndim - 1), n).to(h)
    return DropoutEnsemble(masks, f(h * spread / (1 - p)), probabilities)


class DropoutPrediction(NamedTuple):
    """Mean and variance of random passes, see `mc_dropout_predict`.

    Section: :ref:`sec-dropout-ensemble`.

    Example:
        >>> model = nn.Sequential(Dropout(0.0), nn.Linear(3, 2))
        >>> mc_dropout_predict(model, torch.ones(5, 3)).variance.max()
        tensor(0.)

    In production: nothing to import.
    """

    mean: Tensor
    """Of the outputs, their shape."""
    variance: Tensor
    """Of the outputs over the passes, unbiased, the same shape."""


@torch.no_grad()
def mc_dropout_predict(model: nn.Module, x: Tensor, n_samples: int = 20) -> DropoutPrediction:
    """Predict several times with dropout on, for a mean and a measure of doubt.

    Only the layers of dropout, ours and torch's, are in training mode, the others in evaluation:
    batch normalization uses its running statistics. All modes are put back afterwards.

    Args:
        model: any module that contains layers of dropout.
        x: its input.
        n_samples: passes, at least 2; the random numbers are torch's global ones.

    Returns:
        The mean and the unbiased variance of the outputs. For a linear model behind dropout the
        variance tends to p / (1 - p) times the sum of (w_i x_i)^2.

    Raises:
        ValueError: fewer than 2 passes, or no layer of dropout.

    Section: :ref:`sec-dropout-ensemble`.

    Source: Gal, Ghahramani (2016), Dropout as a Bayesian approximation: representing model
    uncertainty in deep learning, arXiv:1506.02142.

    Example:
        >>> model = nn.Sequential(nn.Linear(3, 8), Dropout(0.2), nn.Linear(8, 1))
        >>> mean, variance = mc_dropout_predict(model, torch.ones(5, 3))
        >>> mean.shape, bool((variance > 0).any())
        (torch.Size([5, 1]), True)

    In production: nothing to import; these are the few lines everyone writes.
    """
    if n_samples < 2:
        raise ValueError(f"a variance needs at least 2 passes, got n_samples={n_samples}")
    dropping = [layer for layer in model.modules() if isinstance(layer, _DROPPING)]
    if not dropping:
        raise ValueError("the model has no layer of dropout, so all passes would be equal")
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()
        for layer in dropping:
            layer.training = True
        outputs = torch.stack([model(x) for _ in range(n_samples)])
    finally:
        for module, training in modes.items():
            module.training = training
    return DropoutPrediction(outputs.mean(dim=0), outputs.var(dim=0))

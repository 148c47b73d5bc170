"""What networks can represent: width interpolates anything, depth folds the line."""

import copy

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.mlp import MLP


@torch.no_grad()
def relu_interpolant(knots: Float[Tensor, " m"], values: Float[Tensor, " m"]) -> MLP:
    """The ReLU network with one hidden layer that joins given points by straight lines.

    Args:
        knots: at least two places x in increasing order, shape (m + 1,).
        values: what the network shall give there, shape (m + 1,).

    Returns:
        An MLP with sizes [1, m, 1] of the knots' type. Hidden unit j switches on at knot j - 1
        and adds the change of slope there; the output's bias is the first value. Left of the
        knots the network is constant, right of them it goes on with the last slope.

    Raises:
        ValueError: fewer than two knots, knots that do not increase, or lengths that differ.

    Equation: :eq:`eq-interpolant`.
    Section: :ref:`sec-universal-approximation`.

    Source: Cybenko (1989), Approximation by superpositions of a sigmoidal function,
    doi:10.1007/BF02551274; Leshno et al. (1993), doi:10.1016/S0893-6080(05)80131-5.

    Example:
        >>> net = relu_interpolant(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.0, 1.0, 0.0]))
        >>> net(torch.tensor([[0.5], [1.0], [1.75]])).detach().flatten()
        tensor([0.5000, 1.0000, 0.2500])

    In production: numpy.interp.
    """
    _check_knots(knots, values)
    slopes = values.diff() / knots.diff()
    bends = torch.cat([slopes[:1], slopes.diff()])
    network = MLP([1, len(slopes), 1]).to(knots)
    W1, b1, W2, b2 = network.parameters()
    W1.fill_(1)
    b1.copy_(-knots[:-1])
    W2.copy_(bends)
    b2.copy_(values[:1])
    return network


def _check_knots(knots: Tensor, values: Tensor) -> None:
    if knots.shape != values.shape or len(knots) < 2:
        raise ValueError(
            "as many values as knots are needed, two or more: got shapes "
            f"{tuple(knots.shape)} and {tuple(values.shape)}"
        )
    if not bool((knots.diff() > 0).all()):
        raise ValueError("knots must increase")


@torch.no_grad()
def tent_map_network(k: int) -> MLP:
    """The tent map 2 relu(x) - 4 relu(x - 1/2) composed k times, as a network of depth k.

    Args:
        k: number of hidden layers, of two units each.

    Returns:
        An MLP with sizes [1, 2, ..., 2, 1] in float32, a zigzag of 2^k lines on [0, 1].

    Raises:
        ValueError: k < 1.

    Equation: :eq:`eq-tent-map`.
    Section: :ref:`sec-depth-width`.

    Source: Telgarsky (2016), Benefits of depth in neural networks, arXiv:1602.04485.

    Example:
        >>> tent_map_network(3)(torch.tensor([[0.0], [0.125], [0.25]])).detach().flatten()
        tensor([0., 1., 0.])

    In production: nothing to import; it is a thought experiment.
    """
    _check_depth(k)
    network = MLP([1, *[2] * k, 1])
    one, zero = torch.ones(1), torch.zeros(1)
    tent, bend = torch.tensor([2.0, -4.0]), torch.tensor([0.0, -0.5])
    theta = [one, bend, *[tent, bend] * (k - 1), tent, zero]
    for parameter, value in zip(network.parameters(), theta, strict=True):
        parameter.copy_(value)
    return network


def _check_depth(k: int) -> None:
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")


@torch.no_grad()
def count_linear_regions_1d(network: nn.Sequential, low: float, high: float) -> int:
    """How many straight pieces the graph of a ReLU network of one input has on an interval.

    Between two neighbouring kinks all pre-activations are affine, so the kinks that the next
    layer adds are found exactly, where a pre-activation changes its sign.

    Args:
        network: dense layers with ReLU between them, one input, any number of outputs.
        low: left end of the interval.
        high: right end of the interval.

    Returns:
        The number of maximal intervals on which the output is affine; computed in float64, slopes
        closer than a millionth of the steepest count as equal.

    Raises:
        ValueError: an empty interval, or another kind of layer.

    Section: :ref:`sec-depth-width`.

    Source: Montúfar, Pascanu, Cho, Bengio (2014), On the number of linear regions of deep neural
    networks, arXiv:1402.1869.

    Example:
        >>> [count_linear_regions_1d(tent_map_network(k), 0, 1) for k in (1, 2, 3)]
        [2, 4, 8]

    In production: nothing to import.
    """
    if not low < high:
        raise ValueError(f"low must be less than high, got {low} and {high}")
    x = torch.tensor([low, high], dtype=torch.float64)
    layers = copy.deepcopy(network).to("cpu", torch.float64)
    for depth, layer in enumerate(layers, start=1):
        kind = type(layer).__name__
        if kind == "ReLU":
            x = _add_zeros(x, layers[: depth - 1](x[:, None]))
        elif kind != "Linear":
            raise ValueError(f"only Linear and ReLU layers are piecewise affine here, got {kind}")
    slopes = layers(x[:, None]).diff(dim=0) / x.diff()[:, None]
    bends = slopes.diff(dim=0).abs().amax(dim=1) > 1e-6 * slopes.abs().max()
    return 1 + int(bends.sum())


def _add_zeros(x: Float[Tensor, " n"], z: Float[Tensor, "n d"]) -> Float[Tensor, " m"]:
    """The points x and the places between neighbours where a column of z crosses 0."""
    left, right = z[:-1], z[1:]
    i, unit = torch.nonzero(left * right < 0, as_tuple=True)
    t = left[i, unit] / (left[i, unit] - right[i, unit])
    points = torch.cat([x, x[i] + t * (x[i + 1] - x[i])]).sort().values
    apart = points.diff(prepend=points[:1] - 1) > 1e-12 * (x[-1] - x[0])
    return points[apart]

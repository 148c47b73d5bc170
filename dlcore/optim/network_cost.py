"""The cost of a network as a function of one vector."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector

from dlcore.numerics.curvature import ScalarFunction


def flat_loss(
    model: nn.Module, loss: Callable[[Tensor, Tensor], Tensor], X: Tensor, y: Tensor
) -> tuple[ScalarFunction, Float[Tensor, " p"]]:
    r"""The cost as a function $J(\theta)$ of all parameters in one vector, and where they are now.

    What takes a function and a point can then be asked about a network: Hessians and their
    products, `sharpness`, `lbfgs`, `newton_cg`.

    Args:
        model: any module; it is not changed. Dropout and batch normalization belong in
            evaluation mode, for a function must give the same number each time.
        loss: a function of the model's output and y that gives a scalar.
        X: inputs.
        y: targets.

    Returns:
        J, a function of torch operations, and $\theta$, a copy of the parameters, shape (p,), in
        the order of `model.parameters()`.

    Raises:
        ValueError: the model has no parameters.

    Equation: :eq:`eq-newton-training`
    Section: :ref:`sec-second-order-methods`

    Example:
        >>> layer = torch.nn.Linear(1, 1)
        >>> J, theta = flat_loss(layer, torch.nn.MSELoss(), torch.zeros(1, 1), torch.ones(1, 1))
        >>> J(torch.tensor([5.0, -1.0]))
        tensor(4.)

    In production: torch.func.functional_call.
    """
    parameters = dict(model.named_parameters())
    if not parameters:
        raise ValueError("flat_loss: the model has no parameters")
    theta = parameters_to_vector(parameters.values()).detach().clone()

    def J(theta: Tensor) -> Tensor:
        pieces = theta.split([p.numel() for p in parameters.values()])
        values = {
            name: piece.view_as(p)
            for (name, p), piece in zip(parameters.items(), pieces, strict=True)
        }
        return loss(torch.func.functional_call(model, values, (X,)), y)

    return J, theta

"""How far gradients reach back through time."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.bptt import slope_from_output

Output = Tensor | tuple[Tensor, Any]  # a layer's outputs, alone or before its last state


def state_jacobian(
    H: Float[Tensor, "t h"],
    W_hh: Float[Tensor, "h h"],
    k: int,
    t: int,
    nonlinearity: str = "tanh",
) -> Float[Tensor, "h h"]:
    r"""How the state at t changes with the state at k: a product of one Jacobian a step.

    Each step gives $\mathrm{diag}(\phi'(z_i)) W_{hh}$; the latest stands on the left.

    Args:
        H: the states of one sequence, shape (t, h).
        W_hh: weights of the state, shape (h, h).
        k: the earlier step, counted from 0.
        t: the later step, at least k.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".

    Returns:
        The Jacobian, shape (h, h): row i is the gradient of unit i at t.

    Raises:
        ValueError: not 0 <= k <= t < number of steps, or an unknown nonlinearity.

    Equation: :eq:`eq-state-jacobian`.
    Section: :ref:`sec-vanishing-gradients-rnn`.

    Source: Pascanu, Mikolov, Bengio (2013), On the difficulty of training recurrent neural
        networks, arXiv:1211.5063.

    Example:
        >>> H, W = torch.zeros(3, 2), torch.tensor([[0.5, 10.0], [0.0, 0.5]])
        >>> state_jacobian(H, W, 0, 2)
        tensor([[ 0.2500, 10.0000],
                [ 0.0000,  0.2500]])

    In production: torch.autograd.functional.jacobian.
    """
    if not 0 <= k <= t < len(H):
        raise ValueError(f"expected 0 <= k <= t < {len(H)}, got k = {k} and t = {t}")
    slopes = slope_from_output(H, nonlinearity)
    product = torch.eye(len(W_hh), dtype=H.dtype, device=H.device)
    for i in range(k + 1, t + 1):
        product = slopes[i, :, None] * (W_hh @ product)
    return product


def state_jacobian_norms(
    H: Float[Tensor, "t h"], W_hh: Float[Tensor, "h h"], nonlinearity: str = "tanh"
) -> Float[Tensor, " t"]:
    """How much the last state can change with each state before it.

    Args:
        H: the states of one sequence, shape (t, h).
        W_hh: weights of the state, shape (h, h).
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".

    Returns:
        The largest singular value of the Jacobian of the last state, for every step, shape (t,);
        the last is 1.

    Raises:
        ValueError: an unknown nonlinearity.

    Equation: :eq:`eq-state-jacobian`.
    Section: :ref:`sec-vanishing-gradients-rnn`.

    Source: Pascanu, Mikolov, Bengio (2013), On the difficulty of training recurrent neural
        networks, arXiv:1211.5063.

    Example:
        >>> state_jacobian_norms(torch.zeros(3, 1), torch.tensor([[0.5]]))
        tensor([0.2500, 0.5000, 1.0000])

    In production: torch.linalg.matrix_norm(J, ord=2) of each Jacobian.
    """
    slopes = slope_from_output(H, nonlinearity)
    product = torch.eye(len(W_hh), dtype=H.dtype, device=H.device)
    products = [product]
    for slope in slopes[1:].flip(0):
        product = product @ (slope[:, None] * W_hh)
        products.append(product)
    return torch.linalg.matrix_norm(torch.stack(products[::-1]), ord=2)


def _outputs(model: nn.Module | Callable[[Tensor], Output], X: Tensor) -> Tensor:
    out = model(X)
    return out if isinstance(out, Tensor) else out[0]


def gradient_norms_over_time(
    model: nn.Module | Callable[[Tensor], Output],
    X: Float[Tensor, "n t d"],
    loss: Callable[[Tensor], Tensor] | None = None,
) -> Float[Tensor, " t"]:
    """How strongly a loss pulls on the input of each step.

    Args:
        model: takes sequences (n, t, d), returns outputs (n, t, k), or a tuple that begins with
            them, like the layers here and in torch.nn.
        X: inputs, shape (n, t, d).
        loss: takes the outputs, returns a scalar; by default the last step's outputs, summed.

    Returns:
        The norm of the gradient in each step's input, averaged over the sequences, shape (t,).

    Section: :ref:`sec-vanishing-gradients-rnn`.

    Source: Hochreiter (1998), The vanishing gradient problem during learning recurrent neural nets
        and problem solutions, doi:10.1142/S0218488598000094.

    Example:
        >>> halve = lambda X: torch.cumsum(X, dim=1) / 2
        >>> gradient_norms_over_time(halve, torch.ones(2, 3, 1))
        tensor([0.5000, 0.5000, 0.5000])

    In production: X.requires_grad_(), loss.backward(), X.grad.norm(dim=-1).
    """
    X = X.detach().clone().requires_grad_()
    outputs = _outputs(model, X)
    scalar = outputs[:, -1].sum() if loss is None else loss(outputs)
    (gradient,) = torch.autograd.grad(scalar, X)
    return gradient.norm(dim=-1).mean(dim=0)


def dependency_matrix(
    model: nn.Module | Callable[[Tensor], Output], X: Float[Tensor, "n t d"]
) -> Float[Tensor, "t t"]:
    """Which outputs depend on which inputs: lower triangular, if the model knows no future.

    Args:
        model: takes sequences (n, t, d), returns outputs (n, t, k), or a tuple that begins with
            them.
        X: inputs, shape (n, t, d).

    Returns:
        Row t, column s: the norm of the Jacobian of output t in input s, over all sequences.

    Section: :ref:`sec-bidirectional-rnns`.

    Source: Schuster, Paliwal (1997), Bidirectional recurrent neural networks,
        doi:10.1109/78.650093.

    Example:
        >>> dependency_matrix(lambda X: torch.cumsum(X, dim=1), torch.ones(1, 2, 1))
        tensor([[1., 0.],
                [1., 1.]])

    In production: torch.autograd.functional.jacobian.
    """
    X = X.detach().clone().requires_grad_()
    outputs = _outputs(model, X).sum(dim=0)
    rows = []
    for output in outputs:
        squares = torch.zeros_like(X[0, :, 0])
        for unit in output:
            gradient = torch.autograd.grad(unit, X, retain_graph=True)[0]
            squares = squares + gradient.square().sum(dim=(0, 2))
        rows.append(squares.sqrt())
    return torch.stack(rows).detach()

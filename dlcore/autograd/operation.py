"""What an operation is: a value, how gradients go back through it, how tangents go forward."""

import functools
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from typing import Self
else:
    Self = Any  # the tests' shape checker knows no `Self` in methods that it decorates one by one

Rule = Callable[..., tuple]


class Operand(ABC):
    """What an operation takes besides plain tensors: a `Value` or a `Dual`."""

    data: Tensor

    @classmethod
    @abstractmethod
    def apply(cls, rule: Rule, operands: tuple, tensors: list[Tensor], options: dict) -> Self:
        """Carry the rule out on operands, one of them at least of this class, and their numbers."""


def operation(rule: Rule) -> Callable[..., Any]:
    """Make an operation of the engine from its rule: the forward value, its vjp and its jvp.

    The rule takes tensors by position and anything else (a dimension, a slope) by keyword. It
    returns its output and how derivatives pass through it, two linear maps that may use
    everything computed on the way:

    - `vjp(g)` pulls a gradient with respect to the output back to the operands: a tensor for
      one operand, a tuple for several, each of its operand's shape (`None` for no gradient);
    - `jvp(dx, ...)` pushes tangents of the operands forward to the output. It may be left out;
      then the operation serves reverse mode only.

    The finished operation takes tensors, numbers, `Value` and `Dual` alike; on tensors and
    numbers alone it just computes its output.

    Args:
        rule: function `(*tensors, **options)` to `(output, vjp)` or `(output, vjp, jvp)`.

    Returns:
        The operation, under the rule's name and docstring.

    Raises:
        TypeError: (of the operation) the rule returns something else, or an operand is no number.
        ValueError: (of the operation) the shapes or dtypes of the operands do not fit.

    Equation: :eq:`eq-vjp`
    Section: :ref:`sec-computational-graph`
    Source: Griewank and Walther, Evaluating Derivatives, 2nd ed., SIAM 2008, chapter 3.

    Example:
        >>> @operation
        ... def softplus(x):
        ...     slope = torch.sigmoid(x)
        ...     return torch.logaddexp(x, 0 * x), lambda g: g * slope, lambda dx: dx * slope
        >>> from dlcore.autograd import Value
        >>> x = Value(0.0)
        >>> softplus(x).backward()
        >>> x.grad
        tensor(0.5000)

    In production: torch.autograd.Function.
    """

    @functools.wraps(rule)
    def apply(*operands: Any, **options: Any) -> Any:
        kinds = {type(operand) for operand in operands if isinstance(operand, Operand)}
        if len(kinds) > 1:
            names = " and ".join(sorted(kind.__name__ for kind in kinds))
            raise TypeError(f"{rule.__name__}: {names} cannot meet in one operation")
        tensors = tensors_of(rule, operands)
        if not kinds:
            return evaluate(rule, tensors, options)[0]
        return kinds.pop().apply(rule, operands, [t.detach() for t in tensors], options)

    return apply


def evaluate(rule: Rule, tensors: list[Tensor], options: dict) -> tuple:
    """Output, vjp and jvp (or None) of a rule, with errors that name the operation."""
    name = rule.__name__
    try:
        result = rule(*tensors, **options)
    except RuntimeError as error:
        operands = ", ".join(f"{tuple(t.shape)} {t.dtype}" for t in tensors)
        raise ValueError(f"{name} of operands {operands}: {error}") from error
    if not isinstance(result, tuple) or len(result) not in (2, 3):
        raise TypeError(
            f"{name} must return (output, vjp) or (output, vjp, jvp), "
            f"it returned {type(result).__name__}"
        )
    output, *maps = result
    if not isinstance(output, Tensor) or not all(map(callable, maps)):
        kinds = ", ".join(type(part).__name__ for part in result)
        raise TypeError(f"{name} must return a tensor and functions, it returned ({kinds})")
    warn_of_nan(f"{name} gives NaN", output, tensors)
    return output, maps[0], maps[1] if len(maps) == 2 else None


def tensors_of(rule: Rule, operands: tuple) -> list[Tensor]:
    """The operands' numbers as tensors; Python numbers take the dtype of the first `Operand`."""
    like = next((o.data for o in operands if isinstance(o, Operand)), torch.tensor(0.0))
    tensors = []
    for operand in operands:
        if isinstance(operand, Operand):
            tensors.append(operand.data)
        else:
            dtype = None if hasattr(operand, "dtype") else like.dtype
            tensors.append(as_tensor(operand, rule.__name__, dtype).to(like.device))
    return tensors


def as_tensor(numbers: Any, name: str, dtype: torch.dtype | None = None) -> Tensor:
    """A tensor from a tensor, array, list or number."""
    try:
        return torch.as_tensor(numbers, dtype=dtype)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(
            f"{name}: expected a tensor or numbers, got {type(numbers).__name__}"
        ) from error


def floating(numbers: Any, name: str) -> Tensor:
    """Numbers to differentiate by: Python integers become floats, integer tensors are refused."""
    tensor = as_tensor(numbers, name).detach()
    if tensor.is_floating_point():
        return tensor
    if isinstance(numbers, Tensor) or tensor.is_complex():
        raise TypeError(
            f"{name}: derivatives need real floating-point numbers, got {tensor.dtype}: "
            "convert the tensor with .float() or .double()"
        )
    return tensor.to(torch.get_default_dtype())


def unbroadcast(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Sum a gradient over the dimensions along which its operand was broadcast.

    An operand that was copied along a dimension contributes once for each copy, so the gradients
    of the copies add up.

    Args:
        g: gradient with respect to the broadcast operand.
        shape: the operand's own shape.

    Returns:
        The gradient with respect to the operand, of that shape.

    Raises:
        ValueError: an operand of that shape cannot have been broadcast to the shape of `g`.

    Equation: :eq:`eq-multivariable-chain-rule`
    Section: :ref:`sec-computational-graph`

    Example:
        >>> unbroadcast(torch.ones(5, 3), (3,))
        tensor([5., 5., 5.])

    In production: torch.Tensor.sum_to_size.
    """
    added = g.ndim - len(shape)
    if added < 0 or any(n not in (1, m) for n, m in zip(shape, g.shape[added:], strict=True)):
        raise ValueError(f"shape {tuple(shape)} does not broadcast to {tuple(g.shape)}")
    stretched = [added + i for i, n in enumerate(shape) if n == 1 and g.shape[added + i] != 1]
    dims = [*range(added), *stretched]
    return g.sum(dims, keepdim=True).reshape(shape) if dims else g


def warn_of_nan(message: str, result: Tensor, sources: list[Tensor]) -> None:
    """Warn where NaN first appears, not where it merely passes through."""
    if result.isnan().any() and not any(source.isnan().any() for source in sources):
        warnings.warn(message, RuntimeWarning, stacklevel=6)

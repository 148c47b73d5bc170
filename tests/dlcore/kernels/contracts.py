"""What every operator must do beside computing: derivatives, transforms, compilation, schema.

How it is compiled and described does not depend on the backend and is not tried again in the
interpreter, nor are derivatives by `torch.func`, which run on the twins. There gradients are
checked along random directions, not by each number, as the kernels' own are compared with torch's
in the tests of errors.
"""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import config
from torch import Tensor

from tests.dlcore.kernels.conftest import INTERPRETED
from tests.parity import assert_close


def differentiable(arguments: tuple[Any, ...]) -> list[int]:
    """The positions of tensors that gradients are taken by."""
    return [i for i, a in enumerate(arguments) if isinstance(a, Tensor) and a.requires_grad]


def assert_derivatives(f: Callable[..., Tensor], *arguments: Any) -> None:
    """First and second derivatives agree with differences (arguments in float64)."""
    assert torch.autograd.gradcheck(f, arguments, fast_mode=INTERPRETED)
    assert torch.autograd.gradgradcheck(f, arguments, fast_mode=INTERPRETED)


def assert_no_graph_without_gradients(f: Callable[..., Tensor], *arguments: Any) -> None:
    """Nothing is kept when nothing requires gradients; and only those that are asked come."""
    plain = [a.detach() if isinstance(a, Tensor) else a for a in arguments]
    assert not f(*plain).requires_grad
    with torch.no_grad():
        assert not f(*arguments).requires_grad
    for i in differentiable(arguments):
        only = [*plain[:i], plain[i].clone().requires_grad_(), *plain[i + 1 :]]
        f(*only).sum().backward()
        assert only[i].grad is not None


def assert_compiles(f: Callable[..., Tensor], *arguments: Any) -> None:
    """`torch.compile` sees one graph, whose values and gradients are the same."""
    if INTERPRETED:
        return
    wrt = [arguments[i] for i in differentiable(arguments)]

    def loss(*inputs: Any) -> Tensor:
        return (2 * f(*inputs)).sin().sum()

    torch.compiler.reset()
    config.update("jaxtyping_disable", True)  # the checker draws samples, which cannot be traced
    compiled = torch.compile(loss, backend="aot_eager", fullgraph=True)
    assert_close(compiled(*arguments), loss(*arguments))
    for actual, expected in zip(
        torch.autograd.grad(compiled(*arguments), wrt),
        torch.autograd.grad(loss(*arguments), wrt),
        strict=True,
    ):
        assert_close(actual, expected)


def assert_transforms(f: Callable[..., Tensor], *arguments: Any) -> None:
    """`torch.func`: each example by vmap, its gradient, second derivatives forward and backward.

    The first argument is the one that examples are stacked in.
    """
    x, *rest = (a.detach() if isinstance(a, Tensor) else a for a in arguments)

    def one(x: Tensor) -> Tensor:
        return f(x, *rest)

    examples = torch.stack([x, x.flip(0), -x], dim=1)
    each = torch.stack([one(e) for e in examples.unbind(1)])
    assert_close(torch.func.vmap(one, in_dims=1)(examples), each)
    if INTERPRETED:
        return
    gradient = torch.func.vmap(torch.func.grad(lambda e: one(e).square().sum()), in_dims=1)
    expected = []
    for e in examples.unbind(1):
        e = e.clone().requires_grad_()
        expected += torch.autograd.grad(one(e).square().sum(), e)
    assert_close(gradient(examples), torch.stack(expected))
    hessian = torch.func.hessian(lambda e: one(e).square().sum())(x)
    twice = torch.autograd.functional.hessian(lambda e: one(e).square().sum(), x)
    assert_close(hessian, twice, atol=1e-10)


def assert_schema(operator: Any, *arguments: Any) -> None:
    """`opcheck`: schema, fake tensors, autograd registration, tracing with dynamic shapes."""
    if INTERPRETED:
        return
    tests = ["test_schema", "test_faketensor", "test_aot_dispatch_dynamic"]
    if operator.is_differentiable:
        tests.append("test_autograd_registration")
    torch.library.opcheck(operator.op, arguments, test_utils=tests)

"""Steps of AdamW over many tensors against torch's, at once and in place."""

from importlib import import_module

import pytest
import torch
from jaxtyping import config

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.conftest import INTERPRETED
from tests.dlcore.kernels.error_model import error, roundings
from tests.parity import assert_close, edge_grid

module = import_module("dlcore.kernels.adamw")
SHAPES = [(7, 13), (1,), (), (0, 3), (2049,), (3, 5, 11)]
OPTIONS = [{}, {"weight_decay": 0.0, "beta1": 0.0}, {"maximize": True, "eps": 1e-3, "beta2": 0.5}]


def steps(dtype, device, options, count=3):
    """Parameters after some steps of ours and of torch's, from the same gradients."""
    generator = torch.Generator().manual_seed(0)
    start = [torch.randn(s, generator=generator).to(device, dtype) for s in SHAPES]
    gradients = [
        [torch.randn(s, generator=generator).to(device, dtype) for s in SHAPES]
        for _ in range(count)
    ]
    ours = [p.clone().requires_grad_() for p in start]
    means, squares = ([torch.zeros_like(p) for p in start] for _ in range(2))
    theirs = [p.clone().requires_grad_() for p in start]
    given = dict(options)
    betas = given.pop("beta1", 0.9), given.pop("beta2", 0.999)
    reference = torch.optim.AdamW(theirs, lr=0.1, betas=betas, foreach=False, **given)
    for i, grads in enumerate(gradients):
        kernels.adamw(ours, grads, means, squares, i + 1, lr=0.1, **options)
        for p, g in zip(theirs, grads, strict=True):
            p.grad = g.clone()
        reference.step()
    state = [reference.state[p] for p in theirs]
    return (
        [*ours, *means, *squares],
        [*theirs, *(s["exp_avg"] for s in state), *(s["exp_avg_sq"] for s in state)],
    )


@pytest.mark.reference("torch.optim.AdamW", of="dlcore.kernels.adamw")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_errs_little_more_than_torch(options, device, assert_ran):
    found, truth = steps(torch.float64, device, options)
    for actual, expected in zip(found, truth, strict=True):
        assert_close(actual.detach(), expected.detach(), rtol=1e-11)
    assert_ran("adamw")
    # half precision is tried where no gradient is so small that its square is lost
    for dtype in (torch.float32, torch.bfloat16):
        found, expected = steps(dtype, device, options)
        _, truth = steps(torch.float64, device, options)
        for actual, theirs, exact in zip(found, expected, truth, strict=True):
            if exact.numel():
                assert actual.dtype == dtype
                floor = roundings(dtype, 4) * exact.abs().amax().item()
                bound = 2 * max(error(theirs.detach(), exact.detach()), floor)
                assert error(actual.detach(), exact.detach()) <= bound


def test_mixed_types_and_layouts(device):
    generator = torch.Generator().manual_seed(0)

    def tensors(fill=None):
        made = [torch.randn(6, 8, generator=generator).to(device) for _ in range(4)]
        made = [made[0].T, made[1][:, ::2], made[2].double(), made[3].flatten()[1:]]
        return made if fill is None else [torch.full_like(m, fill) for m in made]

    params, grads = tensors(), tensors()
    means, squares = tensors(0.0), tensors(0.0)
    addresses = [p.data_ptr() for p in params]
    expected = [p.detach().clone().requires_grad_() for p in params]
    for p, g in zip(expected, grads, strict=True):
        p.grad = g.clone()
    torch.optim.AdamW(expected, lr=0.1).step()
    kernels.adamw(params, grads, means, squares, 1, lr=0.1)
    assert addresses == [p.data_ptr() for p in params]
    for actual, theirs in zip(params, expected, strict=True):
        assert_close(actual, theirs.detach(), rtol=1e-5, atol=1e-7)


def test_nothing_to_do(device):
    kernels.adamw([], [], [], [], 1)
    empty = [torch.zeros(0, device=device)]
    kernels.adamw(empty, empty, empty, empty, 1)


def test_infinities_and_signs_of_zero(device):
    edges = edge_grid(infinities=True, dtype=torch.float32).to(device)
    nan = edges.new_tensor([torch.nan])
    grad = torch.cat([edges, edges, nan])
    param = torch.cat([edges, edges.flip(0), nan])
    mean, square = torch.zeros_like(param), torch.zeros_like(param)
    theirs = param.clone().requires_grad_()
    theirs.grad = grad.clone()
    reference = torch.optim.AdamW([theirs], lr=0.1, foreach=False)
    reference.step()
    kernels.adamw([param], [grad], [mean], [square], 1, lr=0.1)
    for actual, name in ((mean, "exp_avg"), (square, "exp_avg_sq")):
        assert_close(actual, reference.state[theirs][name], rtol=1e-6)
    assert_close(param, theirs.detach(), rtol=1e-6)


def test_offsets_beyond_32_bits(device, backend):
    far = 2**31 + 3
    addresses = torch.zeros(4, 1, dtype=torch.int64)
    table, programs = module.table_of(addresses, torch.tensor([far]))
    assert programs == 2**31 // module.BLOCK + 1
    assert table[-1] == 2**31 // module.BLOCK
    if backend == "torch":
        return
    # the last piece alone, of tensors that would begin so far before these
    tensors = [torch.full((3,), value, device=device) for value in (1.0, 2.0, 3.0, 4.0)]
    addresses = [t.data_ptr() - 2**31 * t.element_size() for t in tensors]
    table = torch.tensor([*addresses, far, 0, 2**31 // module.BLOCK], device=device)
    numbers = torch.tensor([1.0, 0.9, 0.1, 0.99, 0.01, 1.0, 0.0, 1.0, 0.1], device=device)
    module._adamw_kernel[(1,)](table, numbers, 1, 1, module.tl.float32, False, module.BLOCK)
    mean, square = 0.9 * 3 + 0.1 * 2, 0.99 * 4 + 0.01 * 4
    for t, expected in zip(tensors, (1 - 0.1 * mean / square**0.5, 2, mean, square), strict=True):
        assert_close(t, torch.full((3,), expected), rtol=1e-6)


def test_torch_knows_what_is_changed(device):
    p, g, m, v = ([torch.ones(3, device=device)] for _ in range(4))
    numbers = (1, 0.1, 0.9, 0.999, 1e-8, 0.01, False)
    contracts.assert_schema(module._adamw, p, g, m, v, *numbers)


def test_compiled_it_changes_the_same(device):
    if INTERPRETED:
        return

    def step(p, g, m, v):
        kernels.adamw([p], [g], [m], [v], 1, lr=0.1)
        return 2 * p

    given = [torch.ones(3, device=device) for _ in range(4)]
    expected = step(*(t.clone() for t in given))
    config.update("jaxtyping_disable", True)  # the checker draws samples, which cannot be traced
    compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
    assert_close(compiled(*given), expected)
    assert_close(2 * given[0], expected)


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    one = [torch.zeros(3)]
    with pytest.raises(ValueError, match="have 1, 1, 0, 1 tensors"):
        kernels.adamw(one, one, [], one, 1)
    with pytest.raises(ValueError, match=r"of one shape: \(3,\), \(2,\), \(3,\), \(3,\)"):
        kernels.adamw(one, [torch.zeros(2)], one, one, 1)
    with pytest.raises(TypeError, match=r"one floating type: torch\.float32, torch\.float64"):
        kernels.adamw(one, [torch.zeros(3).double()], one, one, 1)
    with pytest.raises(ValueError, match="step must be at least 1, it is 0"):
        kernels.adamw(one, one, one, one, 0)
    with pytest.raises(ValueError, match=r"beta2 must be in \[0, 1\), it is 1"):
        kernels.adamw(one, one, one, one, 1, beta2=1.0)
    with pytest.raises(ValueError, match="lr must not be negative"):
        kernels.adamw(one, one, one, one, 1, lr=-1.0)

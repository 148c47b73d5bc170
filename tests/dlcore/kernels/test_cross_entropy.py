"""Cross-entropy, alone and fused with the linear layer before it, against torch's."""

from importlib import import_module

import pytest
import torch
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

plain = import_module("dlcore.kernels.cross_entropy")
fused = import_module("dlcore.kernels.linear_cross_entropy")
IGNORED = -100


def examples(n, k, generator, device, dtype=torch.float32):
    """Logits, and classes of which every third is ignored."""
    x = (3 * torch.randn(n, k, generator=generator, dtype=dtype)).to(device).requires_grad_()
    target = torch.randint(k, (n,), generator=generator)
    target[::3] = IGNORED
    return x, target.to(device)


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.kernels.cross_entropy")
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("shape", [(7, 13), (2, 1), (5, 257)], ids=str)
def test_errs_little_more_than_torch(shape, reduction, smoothing, device, assert_ran, generator):
    x, target = examples(*shape, generator, device)

    def by(f):
        return lambda x: f(x, target, reduction=reduction, label_smoothing=smoothing)

    assert_within_error_model(by(kernels.cross_entropy), by(F.cross_entropy), x, terms=sum(shape))
    assert_ran("cross_entropy", "cross_entropy_backward")


def test_many_classes_and_integers_of_32_bits(device, monkeypatch, generator):
    monkeypatch.setattr(plain, "BLOCK", 64)
    x, target = examples(5, 301, generator, device)
    for t in (target, target.int()):
        assert_within_error_model(
            lambda x, t=t: kernels.cross_entropy(x, t),
            lambda x, t=t: F.cross_entropy(x, t.long()),
            x,
            terms=301,
        )


@pytest.mark.parametrize("block", [2, 64])
def test_minus_infinity_ties_and_no_examples(block, device, monkeypatch, generator):
    monkeypatch.setattr(plain, "BLOCK", block)
    x, _ = examples(6, 7, generator, device, torch.float64)
    x = x.detach()
    x[0, :3] = -torch.inf
    x[1, 4:] = -torch.inf
    x[2] = 2.5
    x[3, 2] = torch.nan
    x[4] *= 1e300
    target = torch.tensor([5, 6, 0, 1, 2, IGNORED], device=device)
    found, expected = (
        f(x, target, reduction="none") for f in (kernels.cross_entropy, F.cross_entropy)
    )
    assert_close(found, expected)
    none = torch.full((6,), IGNORED, device=device)
    assert kernels.cross_entropy(x, none).isnan()
    assert kernels.cross_entropy(x, none, reduction="sum") == 0
    assert kernels.cross_entropy(x[:0], none[:0], reduction="none").shape == (0,)
    wrong = kernels.cross_entropy(x, target.fill_(7), reduction="none")
    assert wrong.isnan().all()


def test_any_layout(device, generator):
    x, target = examples(7, 6, generator, device, torch.float64)
    for view in (x.detach().T.contiguous().T, x.detach()[:, ::2], x.detach()[:, :5]):
        t = target.clamp(max=view.shape[1] - 1)
        view = view.requires_grad_()
        pairs = [(f(view, t), view) for f in (kernels.cross_entropy, F.cross_entropy)]
        (a, da), (b, db) = ((y, torch.autograd.grad(y, v)[0]) for y, v in pairs)
        assert_close(a, b)
        assert_close(da, db)


def test_offsets_beyond_32_bits(device, far_rows, generator):
    x, target = far_rows(37, device, generator), torch.tensor([3, 36], device=device)
    found = kernels.cross_entropy(x, target, reduction="none")
    assert_close(found.double(), F.cross_entropy(x.double(), target, reduction="none"), rtol=2**-8)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_what_torch_expects_of_an_operator(smoothing, device, generator):
    x, target = examples(4, 5, generator, device, torch.float64)

    def f(x):
        return kernels.cross_entropy(x, target, reduction="none", label_smoothing=smoothing)

    contracts.assert_derivatives(f, x)
    contracts.assert_no_graph_without_gradients(f, x)
    contracts.assert_compiles(f, x)
    contracts.assert_transforms(f, x)
    contracts.assert_schema(plain._cross_entropy, x, target, IGNORED, smoothing)
    g, x = x.detach()[:, 0], x.detach()
    lse = x.logsumexp(-1)
    contracts.assert_schema(
        plain._cross_entropy_backward, g, g.clone(), x, target, lse, IGNORED, smoothing
    )


def test_the_normalizer_has_a_gradient_of_its_own(device, generator):
    x, target = examples(4, 5, generator, device, torch.float64)
    found = torch.autograd.grad(plain._cross_entropy(x, target, IGNORED, 0.0)[1].square().sum(), x)
    expected = torch.autograd.grad(x.logsumexp(-1).square().sum(), x)
    assert_close(found[0], expected[0])


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    x, target = torch.zeros(3, 5), torch.zeros(3, dtype=torch.long)
    with pytest.raises(ValueError, match=r"logits \(n, k\) and targets \(n,\), got \(3, 5\) and"):
        kernels.cross_entropy(x, target[:2])
    with pytest.raises(ValueError, match="reduction is 'max', expected one of none, sum, mean"):
        kernels.cross_entropy(x, target, reduction="max")
    with pytest.raises(ValueError, match=r"label_smoothing must be in \[0, 1\], it is 2"):
        kernels.cross_entropy(x, target, label_smoothing=2.0)
    with pytest.raises(TypeError, match=r"as integers, it is torch\.float32"):
        kernels.cross_entropy(x, torch.zeros(3))
    with pytest.raises(TypeError, match=r"must be floating, these are torch\.int64"):
        kernels.cross_entropy(x.long(), target)
    weight = torch.zeros(7, 5)
    with pytest.raises(ValueError, match=r"x \(n, d\) and weight \(k, d\), got \(3, 5\) and \(5,"):
        kernels.linear_cross_entropy(x, weight.T, target)
    with pytest.raises(ValueError, match=r"expected target \(3,\), got \(2,\)"):
        kernels.linear_cross_entropy(x, weight, target[:2])
    with pytest.raises(ValueError, match=r"expected bias \(7,\), got \(5,\)"):
        kernels.linear_cross_entropy(x, weight, target, torch.zeros(5))
    with pytest.raises(ValueError, match="expected sum or mean"):
        kernels.linear_cross_entropy(x, weight, target, reduction="none")


# Fused with the layer


def eager(x, weight, target, bias=None, **options):
    return F.cross_entropy(F.linear(x, weight, bias), target, **options)


def layer(n, d, k, generator, device, dtype=torch.float32):
    """The last layer's input, its parameters, and classes of which every third is ignored."""
    x, weight, bias = (
        torch.randn(shape, generator=generator, dtype=dtype).to(device).requires_grad_()
        for shape in ((n, d), (k, d), (k,))
    )
    target = torch.randint(k, (n,), generator=generator)
    target[::3] = IGNORED
    return x, weight, target.to(device), bias


@pytest.mark.reference("torch.nn.functional.linear", of="dlcore.kernels.linear_cross_entropy")
@pytest.mark.parametrize(
    ("reduction", "smoothing", "has_bias"),
    [("sum", 0.1, True), ("mean", 0.0, True), ("mean", 0.1, False)],
)
@pytest.mark.parametrize("shape", [(17, 3, 11), (1, 5, 7)], ids=str)
def test_fused_errs_little_more_than_torch(
    shape, has_bias, reduction, smoothing, device, assert_ran, generator
):
    x, weight, target, bias = layer(*shape, generator, device)
    target[0] = 1
    if not has_bias:
        bias = None

    def by(f):
        return lambda *given: f(*given, reduction=reduction, label_smoothing=smoothing)

    assert_within_error_model(
        by(kernels.linear_cross_entropy), by(eager), x, weight, target, bias, terms=17
    )
    assert_ran("linear_cross_entropy")


class Largest(TorchDispatchMode):
    """How many numbers the largest memory holds that any operation returns."""

    numbers = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for x in out if isinstance(out, tuple) else [out]:
            if isinstance(x, torch.Tensor):
                size = x.untyped_storage().nbytes() // x.element_size()
                self.numbers = max(self.numbers, size)
        return out


@pytest.mark.parametrize("gradients", [True, False])
def test_logits_never_exist_at_once(gradients, device, backend, generator):
    n, d, k = 64, 2, 64
    x, weight, target, _ = layer(n, d, k, generator, device)
    given = (x.detach(), weight.detach(), target, None, IGNORED, 0.0, gradients)
    # called directly: a dispatch mode does not look into a custom operator
    with Largest() as eager_memory:
        expected = fused._linear_cross_entropy.twin(*given)
    assert eager_memory.numbers == n * k
    if backend == "triton":
        with Largest() as memory:
            found = fused._launch(*given)
        assert memory.numbers <= n * k // 16
        for actual, theirs in zip(found, expected, strict=True):
            assert_close(actual, theirs, rtol=1e-5, atol=1e-5)


def test_fused_as_torch_expects_of_an_operator(device, generator):
    x, weight, target, bias = layer(5, 3, 4, generator, device, torch.float64)

    def f(x, weight, bias):
        return kernels.linear_cross_entropy(x, weight, target, bias)

    contracts.assert_derivatives(f, x, weight, bias)
    contracts.assert_no_graph_without_gradients(f, x, weight, bias)
    contracts.assert_compiles(f, x, weight, bias)
    contracts.assert_transforms(f, x, weight, bias)
    for gradients in (True, False):
        contracts.assert_schema(
            fused._linear_cross_entropy,
            x.detach(), weight.detach(), target, bias.detach(), IGNORED, 0.1, gradients,
        )  # fmt: skip


def test_fused_under_autocast(device, generator):
    x, weight, target, bias = layer(5, 3, 4, generator, device)
    with torch.autocast(device, torch.bfloat16):
        loss = kernels.linear_cross_entropy(x, weight, target, bias)
    loss.backward()
    assert loss.dtype == torch.bfloat16
    assert weight.grad.dtype == torch.float32

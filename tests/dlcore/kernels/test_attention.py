"""Attention against torch's: values, gradients, shared heads, packed sequences, transforms."""

import math
from functools import partial
from importlib import import_module

import pytest
import torch
from torch.nn import functional as F

from dlcore import kernels
from dlcore.kernels import _attention_kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

operators = import_module("dlcore.kernels.attention")
packed_operators = import_module("dlcore.kernels.packed_attention")
causal = pytest.mark.parametrize("is_causal", [False, True], ids=["all", "causal"])
SIZES = [  # heads, key heads, queries, keys, size of a key, of a value
    (2, 1, 17, 37, 5, 3),
    (1, 1, 37, 17, 20, 17),
    (1, 1, 1, 1, 1, 1),
]
STARTS_Q = [0, 3, 3, 20, 37, 40]  # sequences of 3, 0, 17, 17 and 3 queries
STARTS_K = [0, 5, 8, 10, 27, 28]  # of 5, 3, 2, 17 and 1 keys
QUERIES, KEYS = 43, 31  # three of each belong to no sequence


def three(shapes, generator, device, dtype=torch.float64):
    """Queries, keys and values, all of which gradients are taken by."""
    values = [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]
    return [v.to(device).requires_grad_() for v in values]


def dense(heads, shared, t, s, d, c, *batch):
    return (*batch, heads, t, d), (*batch, shared, s, d), (*batch, shared, s, c)


def packed(heads=2, shared=1, d=5, c=3):
    return (QUERIES, heads, d), (KEYS, shared, d), (KEYS, shared, c)


def one_by_one(q, k, v, starts_q, starts_k, is_causal=False):
    """Torch's attention of each sequence, causal from the last query and key backwards."""
    outs = []
    for i in range(len(starts_q) - 1):
        x = q[starts_q[i] : starts_q[i + 1]].transpose(0, 1)
        y, z = (a[starts_k[i] : starts_k[i + 1]].transpose(0, 1) for a in (k, v))
        t, s = x.shape[1], y.shape[1]
        seen = torch.ones(t, s, dtype=torch.bool, device=q.device)
        seen = seen.tril(s - t) if is_causal else seen
        o = F.scaled_dot_product_attention(x[None], y[None], z[None], seen, enable_gqa=True)
        outs.append(o[0].transpose(0, 1))
    rest = q.new_zeros(len(q) - int(starts_q[-1]), q.shape[1], v.shape[-1])
    return torch.cat([*outs, rest])


def assert_same_gradients(actual, expected, arguments, grad, atol=1e-12):
    pairs = [torch.autograd.grad(y, arguments, grad, retain_graph=True) for y in (actual, expected)]
    for a, b in zip(*pairs, strict=True):
        assert_close(a, b, atol=atol)


@pytest.mark.reference(
    "torch.nn.functional.scaled_dot_product_attention",
    of="dlcore.kernels.scaled_dot_product_attention",
)
@causal
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_errs_little_more_than_torch(sizes, is_causal, device, assert_ran, generator):
    given = three(dense(*sizes, 1), generator, device)
    keywords = {"is_causal": is_causal, "enable_gqa": True}
    assert_within_error_model(
        partial(kernels.scaled_dot_product_attention, **keywords),
        partial(F.scaled_dot_product_attention, **keywords),
        *given,
        terms=sum(sizes[2:]),
    )
    assert_ran("attention", "attention_backward")


@causal
@pytest.mark.parametrize(("batch", "t", "s"), [(1, 3, 0), (2, 0, 3), (0, 2, 2)])
def test_nothing_to_see_or_nobody_to_see_it(batch, t, s, is_causal, device, generator):
    given = three(dense(2, 2, t, s, 4, 3, batch), generator, device)
    y = kernels.scaled_dot_product_attention(*given, is_causal=is_causal)
    expected = F.scaled_dot_product_attention(*given, is_causal=is_causal)
    assert_close(y, expected)
    assert_same_gradients(y, expected, given, torch.ones_like(y))


@causal
def test_layouts_are_read_where_they_are(is_causal, device, generator):
    x = torch.randn(2, 18, 2, 10, generator=generator, dtype=torch.float64).to(device)
    views = [
        x.transpose(1, 2)[..., ::2],
        x[:, ::2, :, :5].transpose(1, 2),
        x[:1, :1, :, 5:].expand(2, 7, 2, 5).transpose(1, 2),
    ]
    triples = [(a, b, b) for a in views for b in views]
    for given in (triples[1], triples[5], triples[6]):
        given = [v.detach().requires_grad_() for v in given]
        y = kernels.scaled_dot_product_attention(*given, is_causal=is_causal)
        expected = F.scaled_dot_product_attention(*given, is_causal=is_causal)
        assert_close(y, expected)
        grad = torch.randn(y.shape[::-1], generator=generator, dtype=y.dtype).to(device)
        assert_same_gradients(y, expected, given, grad.permute(3, 2, 1, 0))
        assert_same_gradients(y, expected, given, grad[:1, :1, :1, :1].expand_as(y))


@pytest.mark.parametrize("batch", [(), (2, 3)], ids=str)
def test_any_number_of_dimensions_before_the_heads(batch, device, generator):
    given = three(dense(2, 2, 3, 5, 4, 4, *batch), generator, device)
    y = kernels.scaled_dot_product_attention(*given)
    expected = F.scaled_dot_product_attention(*given)
    assert_close(y, expected)
    assert_same_gradients(y, expected, given, torch.ones_like(y))


@pytest.mark.parametrize("scale", [0.0, -0.7, 3])
def test_scale(scale, device, generator):
    given = three(dense(1, 1, 5, 7, 4, 4, 1), generator, device)
    y = kernels.scaled_dot_product_attention(*given, scale=scale)
    expected = F.scaled_dot_product_attention(*given, scale=scale)
    assert_close(y, expected)
    assert_same_gradients(y, expected, given, torch.ones_like(y))


@causal
def test_large_scores(is_causal, device, generator):
    q, k, v = three(dense(1, 1, 19, 37, 4, 4, 1), generator, device)
    given = [(1e3 * q).detach().requires_grad_(), k, v]
    y = kernels.scaled_dot_product_attention(*given, is_causal=is_causal)
    expected = F.scaled_dot_product_attention(*given, is_causal=is_causal)
    assert_close(y, expected, atol=1e3 * torch.finfo(y.dtype).eps)
    weights = torch.ones_like(y)  # what is rounded off a score of 1e3 is multiplied by q again
    assert_same_gradients(y, expected, given, weights, atol=1e3 * 1e3 * torch.finfo(y.dtype).eps)
    halves = [x.detach().half() for x in (1e3 * q, k, v)]
    y = kernels.scaled_dot_product_attention(*halves, is_causal=is_causal)
    expected = F.scaled_dot_product_attention(*(x.double() for x in halves), is_causal=is_causal)
    assert_close(y.double(), expected, rtol=2**-9, atol=2**-9)


def test_what_is_kept_is_the_logarithm_of_the_sums(device, generator):
    q, k, v = (x.detach() for x in three(dense(2, 1, 19, 37, 5, 3, 2), generator, device))
    _, lse = operators._attention(q, k, v, False, 0.3)
    scores = 0.3 * q @ k.mT
    assert_close(lse, scores.logsumexp(-1))


def test_offsets_beyond_32_bits(device, far_rows, generator):
    x = far_rows(5, device, generator)[None, None]
    y = kernels.scaled_dot_product_attention(x, x, x)
    wide = x.double()
    assert_close(
        y.double(), F.scaled_dot_product_attention(wide, wide, wide), rtol=2**-6, atol=2**-6
    )


def test_the_same_bits_again(device, generator):
    given = three(dense(2, 1, 19, 37, 5, 3, 1), generator, device, torch.float32)
    f = partial(kernels.scaled_dot_product_attention, enable_gqa=True)
    runs = [torch.autograd.grad(f(*given).square().sum(), given) for _ in range(2)]
    assert all(torch.equal(a, b) for a, b in zip(*runs, strict=True))


@causal
def test_what_torch_expects_of_an_operator(is_causal, device, generator):
    given = three(dense(2, 1, 2, 3, 2, 1, 1), generator, device)
    f = partial(kernels.scaled_dot_product_attention, is_causal=is_causal, enable_gqa=True)
    contracts.assert_derivatives(f, *given)
    contracts.assert_no_graph_without_gradients(f, *given)
    contracts.assert_transforms(f, *given)
    if is_causal:
        contracts.assert_compiles(f, *given)
        contracts.assert_schema(operators._attention, *given, is_causal, 0.5)
        plain = [x.detach() for x in given]
        o, lse = operators._attention(*plain, is_causal, 0.5)
        contracts.assert_schema(operators._attention_backward, o, *plain, o, lse, is_causal, 0.5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_computes_in_its_type(dtype, device, generator):
    given = three(dense(1, 1, 3, 4, 5, 5, 1), generator, device, torch.float32)
    packed_too = [x[0].transpose(0, 1) for x in given]
    with torch.autocast(device, dtype):
        y = kernels.scaled_dot_product_attention(*given)
        ends = [torch.tensor([0, n], device=device) for n in (3, 4)]
        z = kernels.variable_length_attention(*packed_too, *ends)
    assert y.dtype == z.dtype == dtype
    expected = F.scaled_dot_product_attention(*(x.to(dtype).double() for x in given))
    assert_close(y.double(), expected, rtol=4 * torch.finfo(dtype).eps, atol=1e-2)
    assert_close(
        z.double(), y[0].transpose(0, 1).double(), rtol=4 * torch.finfo(dtype).eps, atol=1e-2
    )
    assert torch.autograd.grad(y.sum(), given[0])[0].dtype == torch.float32


@pytest.mark.reference(
    "torch.nn.functional.scaled_dot_product_attention",
    of="dlcore.kernels.variable_length_attention",
)
@causal
def test_sequences_one_after_the_other(is_causal, device, assert_ran, generator):
    given = three(packed(), generator, device)
    ends = [torch.tensor(x, device=device) for x in (STARTS_Q, STARTS_K)]
    assert_within_error_model(
        partial(kernels.variable_length_attention, is_causal=is_causal, enable_gqa=True),
        partial(one_by_one, is_causal=is_causal),
        *given,
        *ends,
        dtypes=[torch.float32, torch.bfloat16],
        terms=60,
    )
    assert_ran("packed_attention", "packed_attention_backward")


def test_queries_that_see_nothing(device, generator):
    given = three(packed(1, 1), generator, device)
    ends = [torch.tensor(x, device=device, dtype=torch.int32) for x in (STARTS_Q, STARTS_K)]
    y = kernels.variable_length_attention(*given, *ends, is_causal=True)
    blind = [*range(3, 18), 37, 38, 40, 41, 42]  # before the two last, one last keys, and no one's
    assert (y[blind] == 0).all()
    assert (y[[0, 18, 19, 20, 36, 39]] != 0).all()
    gradients = torch.autograd.grad(y.square().sum(), given)
    assert (gradients[0][blind] == 0).all()
    assert all((x[28:] == 0).all() and (x[5:8] == 0).all() for x in gradients[1:])
    assert all(x.isfinite().all() for x in gradients)


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
def test_no_sequence_and_layouts(dtype, device, generator):
    q, k, v = (x.detach() for x in three(packed(2, 2), generator, device))
    none = torch.zeros(1, dtype=dtype, device=device)
    assert (kernels.variable_length_attention(q, k, v, none, none) == 0).all()
    ends = [torch.tensor(x, device=device, dtype=dtype) for x in (STARTS_Q, STARTS_K)]
    ends = [torch.stack([x, x], 1) for x in ends]
    given = [x.flip(1).transpose(0, 1).contiguous().transpose(0, 1) for x in (q, k, v)]
    y = kernels.variable_length_attention(*given, *(x[:, 0] for x in ends), scale=0.3)
    given[0] = 0.3 * math.sqrt(5) * given[0]
    assert_close(y, one_by_one(*given, STARTS_Q, STARTS_K))


@causal
def test_what_torch_expects_of_packed_attention(is_causal, device, generator):
    given = three([(4, 2, 2), (3, 1, 2), (3, 1, 1)], generator, device)
    ends = [torch.tensor(x, device=device) for x in ([0, 2, 3], [0, 2, 3])]

    def f(q, k, v):
        return kernels.variable_length_attention(
            q, k, v, *ends, is_causal=is_causal, enable_gqa=True
        )

    contracts.assert_derivatives(f, *given)
    contracts.assert_no_graph_without_gradients(f, *given)
    contracts.assert_transforms(f, *given)
    if is_causal:
        contracts.assert_compiles(f, *given)
        contracts.assert_schema(packed_operators._packed_attention, *given, *ends, is_causal, 0.5)
        plain = [x.detach() for x in given]
        o, lse = packed_operators._packed_attention(*plain, *ends, is_causal, 0.5)
        contracts.assert_schema(
            packed_operators._packed_attention_backward, o, *plain, o, lse, *ends, is_causal, 0.5
        )


@pytest.mark.parametrize("size", [16, 64, 128, 256])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
def test_some_blocks_fit(size, dtype):
    given = {"q": torch.empty(0, dtype=dtype), "SIZE": size, "SIZE_V": 16}
    for choices, fits in (
        (_attention_kernels.FORWARD, _attention_kernels._fits("BLOCK_Q", "BLOCK_K", 1)),
        (_attention_kernels.BY_QUERIES, _attention_kernels._fits("BLOCK_Q", "BLOCK_K", 1)),
        (_attention_kernels.BY_KEYS, _attention_kernels._fits("BLOCK_K", "BLOCK_Q", 2)),
    ):
        fitting = [c for c in choices if fits(c, given)]
        assert fitting
        if dtype == torch.bfloat16 and size <= 128:
            assert max(c["BLOCK_Q"] * c["BLOCK_K"] for c in fitting) >= 64 * 64


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    f, x = kernels.scaled_dot_product_attention, torch.zeros(1, 2, 3, 4)
    with pytest.raises(ValueError, match="dimensions, and at least three"):
        f(x[0, 0], x[0, 0], x[0, 0])
    with pytest.raises(ValueError, match="key and value must be alike"):
        f(x, x, x[:, :, :2])
    with pytest.raises(ValueError, match="heads of one size"):
        f(x, x[..., :3], x)
    with pytest.raises(ValueError, match="dimensions before the heads"):
        f(x, x.expand(2, 2, 3, 4), x.expand(2, 2, 3, 4))
    with pytest.raises(ValueError, match="2 heads of query cannot share 1 of key, enable_gqa=Fal"):
        f(x, x[:, :1], x[:, :1])
    with pytest.raises(ValueError, match="1 heads of query cannot share 2 of key, enable_gqa=True"):
        f(x[:, :1], x, x, enable_gqa=True)
    with pytest.raises(ValueError, match="sizes from 1 to 256"):
        f(x, x, torch.zeros(1, 2, 3, 257))
    with pytest.raises(TypeError, match=r"query must be floating, this is torch\.int64"):
        f(x.long(), x.long(), x.long())
    with pytest.raises(TypeError, match=r"query is torch\.float32, key torch\.float64"):
        f(x, x.double(), x)


@pytest.mark.bad_input
def test_what_does_not_fit_together_packed_is_refused():
    f, x, ends = kernels.variable_length_attention, torch.zeros(3, 2, 4), torch.tensor([0, 3])
    with pytest.raises(ValueError, match="expected three dimensions"):
        f(x[None], x[None], x[None], ends, ends)
    with pytest.raises(ValueError, match=r"cu_seqlens_k \(1,\): expected the same \(n \+ 1,\)"):
        f(x, x, x, ends, ends[:1])
    with pytest.raises(TypeError, match=r"cu_seqlens_q must be int32 or int64, this is torch\.fl"):
        f(x, x, x, ends.float(), ends)
    with pytest.raises(ValueError, match="2 heads of query cannot share 1 of key"):
        f(x, x[:, :1], x[:, :1], ends, ends)

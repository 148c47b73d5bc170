"""Nearest neighbours against sorted distances of torch: values, choice, ties, gradients."""

from importlib import import_module

import pytest
import torch

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

module = import_module("dlcore.kernels.nearest_neighbors")
RAN = ("nearest_neighbors", "nearest_neighbors_backward")


def by_sorting(queries, points, k):
    """All distances, sorted; equal ones by the lower index."""
    squares = (queries[:, None] - points[None]).square().sum(-1)
    distances, indices = squares.sort(dim=-1, stable=True)
    return distances[:, :k], indices[:, :k]


def scattered(n, m, d, generator, device, dtype=torch.float32):
    """Queries and points that gradients are taken by."""
    both = (torch.randn(size, d, generator=generator, dtype=dtype) for size in (n, m))
    return [x.to(device).requires_grad_() for x in both]


@pytest.mark.reference("torch.sort", of="dlcore.kernels.nearest_neighbors")
@pytest.mark.parametrize(
    ("n", "m", "d", "k"),
    [(5, 13, 7, 3), (1, 1, 1, 1), (37, 131, 3, 1), (3, 11, 67, 11), (0, 5, 3, 2), (4, 6, 0, 2)],
)
def test_errs_little_more_than_sorted_distances(n, m, d, k, device, assert_ran, generator):
    given = scattered(n, m, d, generator, device)
    assert_within_error_model(
        lambda q, p: kernels.nearest_neighbors(q, p, k)[0],
        lambda q, p: by_sorting(q, p, k)[0].to(q.dtype),
        *given,
        dtypes=[torch.float32],
        terms=max(d, k * n, 1),
    )
    assert_ran(*RAN)
    double = [x.double() for x in given]
    found, expected = (f(*double, k)[1] for f in (kernels.nearest_neighbors, by_sorting))
    assert torch.equal(found, expected)
    assert found.dtype == torch.int64


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_summed_in_float32(dtype, device, generator):
    queries, points = (
        x.detach().to(dtype).requires_grad_() for x in scattered(5, 23, 7, generator, device)
    )
    distances, indices = kernels.nearest_neighbors(queries, points, 4)
    expected, chosen = by_sorting(queries.float(), points.float(), 4)
    assert torch.equal(indices, chosen)
    assert distances.dtype == dtype
    assert_close(distances.float(), expected, rtol=torch.finfo(dtype).eps)
    actual, truth = (torch.autograd.grad(v.sum(), (queries, points)) for v in (distances, expected))
    for a, b in zip(actual, truth, strict=True):
        assert_close(a.float(), b.float(), rtol=2 * torch.finfo(dtype).eps, atol=0.02)


@pytest.mark.parametrize("parts", [1, 2, 5])
@pytest.mark.parametrize("k", [1, 3, 8])
def test_ties_go_to_the_lower_index(k, parts, device, monkeypatch, generator):
    monkeypatch.setattr(module, "QUERIES", 2)
    monkeypatch.setattr(module, "POINTS", 4)
    monkeypatch.setattr(module, "SMALLEST_PART", 1)
    monkeypatch.setattr(module, "programs", lambda _: parts)
    points = torch.randint(0, 2, (41, 2), generator=generator).to(device, torch.float32)
    queries = torch.tensor([[0.0, 1.0]]).to(device)
    found, expected = (f(queries, points, k) for f in (kernels.nearest_neighbors, by_sorting))
    assert torch.equal(found[1], expected[1])
    assert torch.equal(found[0], expected[0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_infinity_and_nan_come_last(dtype, device):
    points = torch.tensor([[torch.nan], [torch.inf], [0.0], [-0.0], [-torch.inf], [1.0], [-1.0]])
    points = points.to(device, dtype)
    for q in (0.0, -1.0, torch.inf, torch.nan):
        queries = torch.tensor([[q]], device=device, dtype=dtype)
        for k in (2, 7):
            found, expected = (
                f(queries, points, k) for f in (kernels.nearest_neighbors, by_sorting)
            )
            assert torch.equal(found[1], expected[1])
            assert_close(found[0], expected[0])


def test_longer_lists_than_blocks_of_points(device, monkeypatch, generator):
    monkeypatch.setattr(module, "POINTS", 16)
    queries, points = (x.detach() for x in scattered(2, 70, 2, generator, device, torch.float64))
    found, expected = (f(queries, points, 47) for f in (kernels.nearest_neighbors, by_sorting))
    assert torch.equal(found[1], expected[1])
    assert_close(found[0], expected[0])


def test_any_layout_and_offsets_beyond_32_bits(device, far_rows, generator):
    wide = torch.randn(14, 20, generator=generator, dtype=torch.float64).to(device)
    for queries, points in ((wide.T[:5], wide[:, ::2].T), (wide[::3, :7], wide[:1, :7])):
        found, expected = (f(queries, points, 1) for f in (kernels.nearest_neighbors, by_sorting))
        assert torch.equal(found[1], expected[1])
        assert_close(found[0], expected[0])
    far = far_rows(37, device, generator)
    distances, indices = kernels.nearest_neighbors(far, far, 2)
    assert indices.tolist() == [[0, 1], [1, 0]]
    assert_close(distances[:, 0], torch.zeros(2))


def test_the_assignment_step_of_k_means(device, generator):
    points, centres = (x.detach() for x in scattered(101, 7, 3, generator, device, torch.float64))
    distances, labels = kernels.nearest_neighbors(points, centres, k=1)
    assert torch.equal(labels[:, 0], torch.cdist(points, centres).argmin(1))
    assert_close(distances.sum(), (points - centres[labels[:, 0]]).square().sum())


def test_what_torch_expects_of_an_operator(device, generator):
    given = scattered(3, 5, 2, generator, device, torch.float64)

    def f(queries, points):
        return kernels.nearest_neighbors(queries, points, 2)[0]

    contracts.assert_derivatives(f, *given)
    contracts.assert_no_graph_without_gradients(f, *given)
    contracts.assert_compiles(f, *given)
    contracts.assert_transforms(f, *given)
    contracts.assert_schema(module._nearest_neighbors, *given, 2)
    plain = [x.detach() for x in given]
    distances, indices = kernels.nearest_neighbors(*plain, 2)
    contracts.assert_schema(module._nearest_neighbors_backward, distances, *plain, indices)


def test_autocast_computes_in_float32(device, generator):
    queries, points = (x.detach() for x in scattered(3, 5, 2, generator, device))
    with torch.autocast(device, torch.bfloat16):
        found = kernels.nearest_neighbors(queries.bfloat16(), points.bfloat16(), 2)
    assert found[0].dtype == torch.float32


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    x = torch.zeros(3, 5)
    with pytest.raises(
        ValueError, match=r"\(n, d\) and points \(m, d\), got \(3, 5\) and \(3, 4\)"
    ):
        kernels.nearest_neighbors(x, x[:, :4])
    with pytest.raises(ValueError, match="k must be from 1 to 256 and at most 3 points, it is 4"):
        kernels.nearest_neighbors(x, x, 4)
    with pytest.raises(ValueError, match="k must be from 1 to 256"):
        kernels.nearest_neighbors(x, torch.zeros(1000, 5), 257)
    with pytest.raises(TypeError, match=r"must be floating, they are torch\.int64"):
        kernels.nearest_neighbors(x.long(), x)
    with pytest.raises(TypeError, match=r"are torch\.float32, points torch\.float64"):
        kernels.nearest_neighbors(x, x.double())

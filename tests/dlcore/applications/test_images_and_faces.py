"""Holes, spectra and faces: sparse solves, numpy's transform, loops over pairs."""

import numpy as np
import pytest
import scipy.sparse
import torch
from torch.nn import functional as F

from dlcore import applications
from tests.parity import assert_close


@pytest.mark.reference("scipy.sparse.linalg.spsolve", of="dlcore.applications.inpaint_harmonic")
def test_holes_against_a_sparse_solve(generator):
    image = torch.rand(2, 9, 11, generator=generator, dtype=torch.float64)
    hole = torch.rand(9, 11, generator=generator) < 0.4
    hole[0, :3] = True
    places = [tuple(p) for p in hole.nonzero().tolist()]
    A = scipy.sparse.lil_matrix((len(places), len(places)))
    b = np.zeros((len(places), 2))
    for i, (y, x) in enumerate(places):
        around = [(y + dy, x + dx) for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        around = [(v, u) for v, u in around if 0 <= v < 9 and 0 <= u < 11]
        A[i, i] = len(around)
        for v, u in around:
            if hole[v, u]:
                A[i, places.index((v, u))] = -1
            else:
                b[i] += image[:, v, u].numpy()
    expected = scipy.sparse.linalg.spsolve(A.tocsr(), b)
    filled = applications.inpaint_harmonic(image, hole, rtol=1e-12)
    assert_close(filled[:, hole].T, expected, rtol=1e-8)
    assert torch.equal(filled[:, ~hole], image[:, ~hole])
    assert filled.min() >= image[:, ~hole].min()


def test_linear_images_are_recovered():
    y, x = torch.meshgrid(torch.arange(12.0), torch.arange(10.0), indexing="ij")
    image = (2 * x - 3 * y + 1)[None]
    hole = torch.zeros(12, 10, dtype=torch.bool)
    hole[3:9, 2:8] = True
    filled = applications.inpaint_harmonic(image.masked_fill(hole, torch.nan), hole)
    assert_close(filled, image, rtol=1e-4, atol=1e-4)
    assert torch.equal(applications.inpaint_harmonic(image, hole & False), image)


@pytest.mark.reference("numpy.fft.fft2", of="dlcore.applications.power_spectrum")
@pytest.mark.reference("numpy.fft.fft2", of="dlcore.applications.high_frequency_ratio")
def test_spectra_against_numpy(generator):
    x = torch.rand(3, 2, 8, 9, generator=generator, dtype=torch.float64)
    power, frequency = applications.power_spectrum(x)
    centred = x - x.mean(dim=(2, 3), keepdim=True)
    assert_close(power.sum(dim=(1, 2)), centred.square().sum(dim=(1, 2, 3)))
    expected = (np.abs(np.fft.fft2(centred.numpy())) ** 2).sum(axis=1) / 72
    assert_close(power, expected)
    fy, fx = np.fft.fftfreq(8)[:, None], np.fft.fftfreq(9)
    assert_close(frequency, 2 * np.hypot(fy, fx))
    high = 2 * np.hypot(fy, fx) > 0.6
    share = expected[:, high].sum(axis=1) / expected.sum(axis=(1, 2))
    assert_close(applications.high_frequency_ratio(x, 0.6), share)


def test_enlarged_images_betray_themselves(generator):
    x = F.avg_pool2d(torch.rand(6, 1, 32, 32, generator=generator), 3, stride=1, padding=1)
    small = F.avg_pool2d(x, 2)
    smooth = F.interpolate(small, scale_factor=2, mode="bilinear")
    zeros = torch.zeros_like(x)
    zeros[:, :, ::2, ::2] = small
    real, low, high = (applications.high_frequency_ratio(v) for v in (x, smooth, zeros))
    assert (low < real).all()
    assert (real < high).all()
    assert applications.high_frequency_ratio(torch.full((1, 4, 4), 0.3)).item() == 0


@pytest.mark.reference("torch.nn.functional", of="dlcore.applications.FaceEncoder")
def test_face_vectors_have_length_one(generator):
    model = applications.FaceEncoder(6, width=2).eval()
    x = torch.rand(3, 3, 16, 16, generator=generator)
    y = x
    for conv, norm in ((model.features[0], model.features[1]), (model.features[4], None),
                       (model.features[8], None)):  # fmt: skip
        y = F.conv2d(y, conv.weight, padding=1) / (1 + 1e-5) ** 0.5
        y = F.max_pool2d(y.relu(), 2)
        assert norm is None or norm.eps == 1e-5
    y = F.adaptive_avg_pool2d(y, 4).flatten(1) @ model.head.weight.T + model.head.bias
    assert_close(model(x), y / y.norm(dim=1, keepdim=True), rtol=1e-4, atol=1e-5)


@pytest.mark.reference("torch.nn.functional.cosine_similarity", of="dlcore.applications.verify")
@pytest.mark.reference("torch.nn.functional.cosine_similarity", of="dlcore.applications.identify")
@pytest.mark.reference(
    "torch.nn.functional.cosine_similarity", of="dlcore.applications.verification_scores"
)
@pytest.mark.reference("loops over pairs", of="dlcore.applications.batch_hard_triplets")
def test_pairs_one_by_one(generator):
    x = torch.randn(9, 4, generator=generator, dtype=torch.float64)
    y = torch.tensor([0, 0, 1, 1, 1, 2, 2, 3, 0])
    cosine = F.cosine_similarity(x[:, None], x[None], dim=2)
    assert torch.equal(applications.verify(x, x.flip(0), 0.1), cosine.flip(1).diagonal() >= 0.1)
    gallery = x[[0, 2, 5]]
    for who, similar in zip(
        applications.identify(x, gallery, 0.3).tolist(), cosine[:, [0, 2, 5]], strict=True
    ):
        assert who == (int(similar.argmax()) if similar.max() >= 0.3 else -1)
    genuine, impostor = applications.verification_scores(x, y)
    pairs = [(i, j) for i in range(9) for j in range(i + 1, 9)]
    assert_close(genuine, torch.stack([cosine[i, j] for i, j in pairs if y[i] == y[j]]))
    assert_close(impostor, torch.stack([cosine[i, j] for i, j in pairs if y[i] != y[j]]))
    distance = (x[:, None] - x[None]).norm(dim=2)
    anchors, positives, negatives = (t.tolist() for t in applications.batch_hard_triplets(x, y))
    assert anchors == [0, 1, 2, 3, 4, 5, 6, 8]
    for a, p, n in zip(anchors, positives, negatives, strict=True):
        same = [j for j in range(9) if y[j] == y[a] and j != a]
        assert p == max(same, key=lambda j: distance[a, j].item())
        other = [j for j in range(9) if y[j] != y[a]]
        assert n == min(other, key=lambda j: distance[a, j].item())


def test_a_batch_without_triplets():
    x = torch.randn(3, 2)
    for y in (torch.tensor([0, 1, 2]), torch.tensor([0, 0, 0])):
        assert [len(t) for t in applications.batch_hard_triplets(x, y)] == [0, 0, 0]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: applications.inpaint_harmonic(torch.ones(1, 3, 3), torch.ones(3, 4) > 0),
            r"\(3, 4\)",
        ),
        (
            lambda: applications.inpaint_harmonic(torch.ones(1, 3, 3), torch.ones(3, 3) > 0),
            "whole image",
        ),
        (lambda: applications.power_spectrum(torch.ones(3, 3)), r"\(3, 3\)"),
        (lambda: applications.high_frequency_ratio(torch.ones(1, 3, 3), 0), "cutoff"),
        (lambda: applications.FaceEncoder(0), "got 0, 3 and 16"),
        (lambda: applications.FaceEncoder()(torch.ones(1, 1, 32, 32)), r"\(n, 3, h, w\)"),
        (lambda: applications.verify(torch.ones(2, 3), torch.ones(2, 4), 0), r"\(2, 4\)"),
        (lambda: applications.verify(torch.ones(2, 3), torch.ones(1, 3), 0), "got 2 and 1"),
        (lambda: applications.identify(torch.ones(2, 3), torch.ones(0, 3), 0), "empty"),
        (
            lambda: applications.verification_scores(torch.ones(2, 3), torch.ones(3)),
            r"\(3,\)",
        ),
        (
            lambda: applications.batch_hard_triplets(torch.ones(2), torch.ones(2)),
            r"got \(2,\)",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""Shapes against SciPy's rotations and distances counted pair by pair."""

import itertools
import math

import pytest
import torch
from scipy.spatial.transform import Rotation

from dlcore.applications import Superposition, kabsch, kabsch_rmsd, lddt
from tests.parity import assert_close


def points(generator, n: int = 9) -> torch.Tensor:
    return torch.randn(n, 3, dtype=torch.float64, generator=generator)


@pytest.mark.reference(
    "scipy.spatial.transform.Rotation.align_vectors", of="dlcore.applications.kabsch"
)
@pytest.mark.reference(
    "scipy.spatial.transform.Rotation.align_vectors", of="dlcore.applications.kabsch_rmsd"
)
@pytest.mark.reference(
    "scipy.spatial.transform.Rotation.align_vectors", of="dlcore.applications.Superposition"
)
def test_superposition_of_scipy(generator):
    P, Q = points(generator), points(generator)
    for target in (Q, P * torch.tensor([1.0, 1.0, -1.0]).double()):
        fit = kabsch(P, target)
        assert isinstance(fit, Superposition)
        theirs, distance = Rotation.align_vectors(
            (target - target.mean(0)).numpy(), (P - P.mean(0)).numpy()
        )
        assert_close(fit.rotation, theirs.as_matrix(), atol=1e-9)
        assert_close(fit.rmsd, distance / math.sqrt(9))
        moved = P @ fit.rotation.T + fit.translation
        assert_close((moved - target).square().sum(1).mean().sqrt(), fit.rmsd)
        assert_close(torch.linalg.det(fit.rotation), 1.0)
        assert_close(kabsch_rmsd(P, target), fit.rmsd)
    assert fit.rmsd > 0.1
    assert kabsch_rmsd(P, target, allow_reflection=True) < 1e-9
    turned = P @ torch.from_numpy(Rotation.from_euler("xyz", [0.3, 1.0, 2.0]).as_matrix()) + 7
    assert kabsch_rmsd(P, turned) < 1e-9


@pytest.mark.reference("count over pairs", of="dlcore.applications.lddt")
def test_local_distances(generator):
    P, Q = 3 * points(generator), 3 * points(generator)
    right = total = 0
    for i, j in itertools.combinations(range(9), 2):
        apart = math.dist(Q[i], Q[j])
        if apart < 6:
            wrong = abs(math.dist(P[i], P[j]) - apart)
            right += sum(wrong < t for t in (0.5, 1, 2, 4))
            total += 4
    assert_close(lddt(P, Q, cutoff=6.0), right / total)
    assert lddt(-P + 5, P) == 1.0
    half = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    moved = half + torch.tensor([[0.0], [0.0], [50.0], [50.0]])
    assert_close(lddt(moved, half, cutoff=1.5), 2 / 3)


@pytest.mark.bad_input
def test_what_does_not_fit():
    D = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    for call, message in (
        (lambda: kabsch(D, D[:1]), "two equal shapes"),
        (lambda: kabsch_rmsd(D[:0], D[:0]), "two equal shapes"),
        (lambda: lddt(D, D[:1]), "shapes differ"),
        (lambda: lddt(100 * D, 100 * D), "no two points are nearer than 15"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

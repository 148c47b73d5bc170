"""Points from distances, against NumPy's eigenvectors and the distances themselves."""

import numpy as np
import pytest
import torch
from scipy.spatial import procrustes

from dlcore.linalg import classical_mds
from tests.parity import assert_close


@pytest.mark.reference("numpy.linalg.eigh", of="dlcore.linalg.classical_mds")
def test_points_from_distances(generator):
    X = torch.randn(9, 3, dtype=torch.float64, generator=generator)
    D = torch.cdist(X, X, compute_mode="donot_use_mm_for_euclid_dist")
    found = classical_mds(D)
    assert_close(torch.cdist(found, found), D, atol=1e-7)
    assert_close(found.mean(0), torch.zeros(3), atol=1e-9)
    assert procrustes(X.numpy(), found.numpy())[2] < 1e-12
    J = np.eye(9) - 1 / 9
    values, vectors = np.linalg.eigh(-0.5 * J @ D.numpy() ** 2 @ J)
    flat = vectors[:, -1:] * np.sqrt(values[-1:])
    assert_close(classical_mds(D, dim=1).abs(), np.abs(flat), atol=1e-9)
    noisy = D + 0.01 * torch.ones_like(D).fill_diagonal_(0)
    assert classical_mds(noisy, dim=9).isfinite().all()


@pytest.mark.bad_input
def test_no_matrix_of_distances():
    D = torch.ones(2, 2) - torch.eye(2)
    for distances, dim, message in (
        (D[:1], 1, r"expected shape \(n, n\)"),
        (D, 3, "1 <= dim <= n"),
        (D + torch.eye(2), 2, "0 on the diagonal"),
        (D * torch.tensor([1.0, 2.0]), 2, "symmetric"),
    ):
        with pytest.raises(ValueError, match=message):
            classical_mds(distances, dim)

"""Codes of two numbers, judged by scikit-learn's trustworthiness."""

import pytest
import torch
from sklearn.manifold import trustworthiness

from dlcore.autoencoder import embed_2d
from tests.parity import assert_close


@pytest.mark.reference("sklearn.manifold.trustworthiness", of="dlcore.autoencoder.embed_2d")
@pytest.mark.reference("sklearn.manifold.trustworthiness", of="dlcore.autoencoder.PlaneEmbedding")
def test_neighbours_in_the_plane_were_neighbours(generator):
    # a curve that no plane holds, in six dimensions
    t = 6 * torch.rand(150, 1, generator=generator)
    frequencies = torch.tensor([0.5, 1.0, 1.5])
    X = torch.cat([(frequencies * t).sin(), (frequencies * t).cos()], 1)
    codes, model = embed_2d(X, hidden=(32,), epochs=40, lr=0.01, generator=generator)
    assert codes.shape == (150, 2)
    assert trustworthiness(X.numpy(), codes.numpy(), n_neighbors=5) > 0.95
    assert_close(model.encode(X), codes)


def test_the_generator_decides_all(generator):
    X = torch.rand(20, 4, generator=generator)
    first, second = (
        embed_2d(X, epochs=1, generator=torch.Generator().manual_seed(3)).codes for _ in range(2)
    )
    assert torch.equal(first, second)


@pytest.mark.bad_input
def test_what_does_not_fit():
    with pytest.raises(ValueError, match=r"\(n, d\), got \(2, 3, 4\)"):
        embed_2d(torch.rand(2, 3, 4))

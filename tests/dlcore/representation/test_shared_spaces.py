"""Procrustes and canonical correlation against SciPy and scikit-learn; two encoders by hand."""

import math

import numpy as np
import pytest
import torch
from scipy.linalg import eigh, orthogonal_procrustes
from scipy.spatial import procrustes
from sklearn.cross_decomposition import CCA
from torch import nn
from torch.nn import functional as F

from dlcore.representation import (
    CanonicalCorrelation,
    CrossModalEmbedding,
    ProcrustesMap,
    canonical_correlation,
    procrustes_align,
    train_on_pairs,
)
from dlcore.training import NonFiniteLossError
from tests.parity import assert_close


@pytest.mark.reference(
    "scipy.linalg.orthogonal_procrustes", of="dlcore.representation.procrustes_align"
)
@pytest.mark.reference("scipy.spatial.procrustes", of="dlcore.representation.ProcrustesMap")
def test_alignment_of_scipy(generator):
    A, B = torch.randn(2, 11, 3, generator=generator, dtype=torch.float64)
    plain = procrustes_align(A, B, center=False)
    assert isinstance(plain, ProcrustesMap)
    assert_close(plain.rotation, orthogonal_procrustes(A.numpy(), B.numpy())[0])
    assert plain.scale == 1
    assert not plain.shift.any()
    theirs, scale = orthogonal_procrustes((A - A.mean(0)).numpy(), (B - B.mean(0)).numpy())
    full = procrustes_align(A, B + 7, scale=True)
    assert_close(full.rotation, theirs)
    assert_close(full.scale, scale / (A - A.mean(0)).square().sum())
    left = (full.apply(A) - B - 7).square().sum() / (B - B.mean(0)).square().sum()
    assert_close(left, procrustes(B.numpy(), A.numpy())[2])
    Q = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64)).Q
    new = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    assert_close(procrustes_align(A, A @ Q - 2).apply(new), new @ Q - 2, atol=1e-12)
    assert procrustes_align(A, 3 * A).scale == 1


def shared(n: int = 200):
    generator = torch.Generator().manual_seed(0)
    common = torch.randn(n, 2, generator=generator, dtype=torch.float64)

    def view(d, noise):
        mix = torch.randn(2, d, generator=generator, dtype=torch.float64)
        return common @ mix + noise * torch.randn(n, d, generator=generator).double() + 3

    return view(5, 0.5), view(4, 0.8)


@pytest.mark.reference(
    "sklearn.cross_decomposition.CCA", of="dlcore.representation.canonical_correlation"
)
@pytest.mark.reference(
    "scipy.linalg.eigh of a pencil", of="dlcore.representation.CanonicalCorrelation"
)
def test_correlations_of_scikit_learn():
    X, Y = shared()
    ours = canonical_correlation(X, Y, 3)
    assert isinstance(ours, CanonicalCorrelation)
    u, v = ours.project(X, Y)
    theirs = CCA(3, max_iter=5000, tol=1e-12).fit(X.numpy(), Y.numpy())
    s, t = theirs.transform(X.numpy(), Y.numpy())
    for i in range(3):
        assert_close(ours.correlations[i], np.corrcoef(s[:, i], t[:, i])[0, 1], rtol=1e-4)
        assert abs(np.corrcoef(u[:, i], s[:, i])[0, 1]) > 0.999
        assert_close(torch.stack([u[:, i], v[:, i]]).corrcoef()[0, 1], ours.correlations[i])
    assert_close(u.T.cov(), torch.eye(3).double(), atol=1e-9)
    assert_close(v.T.cov(), torch.eye(3).double(), atol=1e-9)
    C = np.cov(X.T.numpy(), Y.T.numpy())
    for reg in (0.0, 0.3):
        xx = C[:5, :5] + reg * np.trace(C[:5, :5]) / 5 * np.eye(5)
        yy = C[5:, 5:] + reg * np.trace(C[5:, 5:]) / 4 * np.eye(4)
        squares = eigh(C[:5, 5:] @ np.linalg.solve(yy, C[5:, :5]), xx, eigvals_only=True)
        found = canonical_correlation(X, Y, 4, reg=reg)
        assert_close(found.correlations, np.sqrt(squares[:0:-1]), rtol=1e-6)
        assert (found.a.gather(0, found.a.abs().argmax(0, keepdim=True)) > 0).all()
    single = canonical_correlation(X.float(), Y.float(), 2)
    assert single.a.dtype == torch.float32
    assert_close(single.correlations.double(), ours.correlations[:2], rtol=1e-4)


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.representation.CrossModalEmbedding"
)
def test_loss_of_partners(generator):
    f, g = nn.Linear(5, 3), nn.Linear(2, 3)
    a, b = torch.randn(7, 5, generator=generator), torch.randn(7, 2, generator=generator)
    cosines = F.cosine_similarity(f(a)[:, None], g(b), dim=2)
    own = torch.arange(7)
    for temperature, used in ((0.2, 0.2), (0.001, 0.01)):
        model = CrossModalEmbedding(f, g, temperature=temperature)
        both = [F.cross_entropy(s / used, own) for s in (cosines, cosines.T)]
        assert_close(model(a, b), sum(both) / 2, rtol=1e-4)
    assert_close(model.embed_a(a) @ model.embed_b(b).T, cosines, rtol=1e-4, atol=1e-6)
    learned = CrossModalEmbedding(f, g)
    learned(a, b).backward()
    assert learned.log_temperature.grad.abs() > 0
    fixed = CrossModalEmbedding(f, g, learn_temperature=False)
    assert len(list(fixed.parameters())) == len(list(learned.parameters())) - 1
    assert_close(fixed.log_temperature, math.log(0.07), rtol=1e-6)


@pytest.mark.reference("torch.optim.SGD by hand", of="dlcore.representation.train_on_pairs")
def test_training_steps(generator):
    a, b = torch.randn(7, 5, generator=generator), torch.randn(7, 2, generator=generator)
    torch.manual_seed(0)
    ours = CrossModalEmbedding(nn.Linear(5, 3), nn.Linear(2, 3), temperature=0.5)
    theirs = CrossModalEmbedding(nn.Linear(5, 3), nn.Linear(2, 3), temperature=0.5)
    theirs.load_state_dict(ours.state_dict())
    history = train_on_pairs(
        ours, a, b, epochs=2, batch_size=3, optimizer=torch.optim.SGD(ours.parameters(), lr=0.1),
        generator=torch.Generator().manual_seed(3),
    )  # fmt: skip
    source = torch.Generator().manual_seed(3)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1)
    for expected in history["loss"]:
        total = 0.0
        for i in torch.randperm(7, generator=source).split(3)[:2]:
            loss = theirs(a[i], b[i])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() / 2
        assert_close(expected, total, rtol=1e-5)
    assert_close(ours.encoder_a.weight, theirs.encoder_a.weight, rtol=1e-4, atol=1e-6)


@pytest.mark.bad_input
def test_what_does_not_fit():
    X, Y = shared(20)
    model = CrossModalEmbedding(nn.Linear(5, 3), nn.Linear(4, 3)).double()
    for call, message in (
        (lambda: procrustes_align(X, Y), "needs equal shapes"),
        (lambda: procrustes_align(torch.ones(3, 2), torch.eye(3, 2), scale=True), "no extent"),
        (lambda: canonical_correlation(X, Y[:9], 1), "needs shapes"),
        (lambda: canonical_correlation(X, Y, 5), r"k from 1 to min\(d, p\)"),
        (lambda: canonical_correlation(X, Y, 1, reg=-1.0), "reg must be at least 0"),
        (lambda: canonical_correlation(X[:3], Y[:3], 1), "covariance of X is singular"),
        (lambda: CrossModalEmbedding(model, model, temperature=0.0), "must be positive"),
        (lambda: train_on_pairs(model, X, Y, epochs=0), "at least 1 epoch"),
        (lambda: train_on_pairs(model, X, Y, epochs=1, batch_size=1), "batches of 2"),
        (lambda: train_on_pairs(model, X, Y[:3], epochs=1), "differ in length"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(NonFiniteLossError):
        train_on_pairs(model, X * math.nan, Y, epochs=1)

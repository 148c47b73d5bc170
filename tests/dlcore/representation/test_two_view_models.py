"""SimCLR, BYOL and SimSiam: what their loss is, what gets a gradient, and what training reaches."""

from functools import partial

import pytest
import torch
from sklearn.datasets import make_blobs
from torch import nn
from torch.nn import functional as F

from dlcore.regularization import add_gaussian_noise, gaussian_blur, random_affine
from dlcore.representation import (
    BYOL,
    MoCo,
    ProjectionHead,
    SimCLR,
    SimSiam,
    TwoViews,
    pretrain,
)
from tests.parity import assert_close


@pytest.fixture
def views(generator):
    return torch.randn(2, 6, 4, generator=generator)


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.representation.ProjectionHead")
def test_the_head_is_a_row_of_layers(generator):
    x = torch.randn(5, 8, generator=generator)
    head = ProjectionHead(8, 16, 4, layers=3)
    assert [type(m).__name__ for m in head] == ["Linear", "BatchNorm1d", "ReLU"] * 2 + ["Linear"]
    same = nn.Sequential(
        nn.Linear(8, 16, bias=False),
        nn.BatchNorm1d(16),
        nn.ReLU(),
        nn.Linear(16, 16, bias=False),
        nn.BatchNorm1d(16),
        nn.ReLU(),
        nn.Linear(16, 4),
    )
    same.load_state_dict(head.state_dict())
    assert torch.equal(head(x), same(x))
    assert [type(m).__name__ for m in ProjectionHead(8, 16, 4, layers=1)] == ["Linear"]
    plain = ProjectionHead(8, 16, 4, batch_norm=False)
    assert [type(m).__name__ for m in plain] == ["Linear", "ReLU", "Linear"]
    assert plain[0].bias is not None


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.representation.SimCLR")
def test_simclr_compares_projections_of_one_encoder(views):
    encoder, head = nn.Linear(4, 3), nn.Linear(3, 2)
    z = F.normalize(head(encoder(views.flatten(0, 1))))
    logits = (z @ z.T / 0.3).masked_fill(torch.eye(12) > 0, -torch.inf)
    expected = F.cross_entropy(logits, torch.arange(12).roll(6))
    loss = SimCLR(encoder, head, temperature=0.3)(*views)
    assert_close(loss, expected, rtol=1e-5)
    grads = [torch.autograd.grad(value, encoder.weight)[0] for value in (loss, expected)]
    assert_close(*grads, rtol=1e-4, atol=1e-7)


@pytest.mark.reference("torch.nn.functional.cosine_similarity", of="dlcore.representation.BYOL")
def test_byol_predicts_the_slow_copy(views):
    parts = nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(2, 2)
    model = BYOL(*parts, momentum=0.5)
    with torch.no_grad():
        parts[0].weight += 1.0
    p1, p2 = (parts[2](parts[1](parts[0](v))) for v in views)
    cosines = [F.cosine_similarity(p1, model.target(views[1])).mean()]
    cosines += [F.cosine_similarity(p2, model.target(views[0])).mean()]
    loss = model(*views)
    assert_close(loss, 4 - 2 * sum(cosines), rtol=1e-5)
    loss.backward()
    assert all(p.grad is not None for part in parts for p in part.parameters())
    assert all(p.grad is None and not p.requires_grad for p in model.target.parameters())
    model.update_target()
    assert_close(model.target[0].weight, parts[0].weight - 0.5, rtol=1e-5)


@pytest.mark.reference("torch.nn.functional.cosine_similarity", of="dlcore.representation.SimSiam")
def test_simsiam_stops_the_gradient_of_the_target(views):
    encoder, head, predictor = nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(2, 2)
    z1, z2 = head(encoder(views[0])), head(encoder(views[1]))
    p1, p2 = predictor(z1), predictor(z2)
    for stop in (True, False):
        t1, t2 = (z1.detach(), z2.detach()) if stop else (z1, z2)
        loss = -(F.cosine_similarity(p1, t2) + F.cosine_similarity(p2, t1)).mean() / 2
        model = SimSiam(encoder, head, predictor, stop_gradient=stop)
        expected = torch.autograd.grad(loss, encoder.weight, retain_graph=True)[0]
        found = model(*views)
        assert_close(found, loss, rtol=1e-5)
        assert_close(torch.autograd.grad(found, encoder.weight)[0], expected, rtol=1e-4, atol=1e-7)


@pytest.mark.reference("the changes by hand", of="dlcore.representation.TwoViews")
def test_two_views_are_two_rows_of_draws():
    x = torch.rand(4, 1, 8, 8)
    seeded = [torch.Generator().manual_seed(5) for _ in range(2)]
    move = partial(random_affine, degrees=20, shift=1)
    found = TwoViews(move, partial(gaussian_blur, sigma=0.7))(x, generator=seeded[0])
    for view in found:
        assert torch.equal(view, gaussian_blur(move(x, generator=seeded[1]), 0.7))
    assert not torch.equal(*found)
    still = TwoViews(partial(random_affine, degrees=0), partial(add_gaussian_noise, sigma=0.0))
    for view in still(x):
        assert_close(view, x, atol=1e-6)
    assert all(view is x for view in TwoViews()(x))


@pytest.mark.reference("sklearn.datasets.make_blobs", of="dlcore.representation.pretrain")
def test_training_follows_its_generator_and_separates_blobs():
    X, y = make_blobs([20] * 3, n_features=5, cluster_std=0.3, random_state=0)
    X, y = torch.from_numpy(X).float(), torch.from_numpy(y)
    jitter = TwoViews(partial(add_gaussian_noise, sigma=0.3))

    def run():
        torch.manual_seed(1)
        model = SimCLR(ProjectionHead(5, 16, 8), nn.Identity(), temperature=0.2)
        epochs = []
        history = pretrain(
            model, X, jitter, epochs=8, batch_size=30, lr=0.01, progress=False,
            generator=torch.Generator().manual_seed(2),
            on_epoch_end=lambda epoch, m, _: epochs.append((epoch, m is model)),
        )  # fmt: skip
        assert epochs == [(i, True) for i in range(8)]
        return model.eval(), history["loss"]

    (model, losses), (_, again) = run(), run()
    assert losses == again
    assert losses[-1] < losses[0]
    with torch.no_grad():
        z = F.normalize(model.encoder(X))
    same = y[:, None] == y
    assert (z @ z.T)[same].min() > (z @ z.T)[~same].max()


def test_training_moves_the_target_after_each_step(generator):
    X = torch.randn(8, 4, generator=generator)
    nothing = TwoViews()
    for model in (
        BYOL(nn.Linear(4, 3), nn.Identity(), nn.Linear(3, 3), momentum=0.0),
        MoCo(nn.Linear(4, 3), nn.Identity(), dim=3, momentum=0.0),
    ):
        slow = model.target if isinstance(model, BYOL) else model.keys
        pretrain(model, X, nothing, epochs=1, batch_size=4, progress=False, generator=generator)
        assert torch.equal(slow[0].weight, model.encoder.weight)
    assert len(model.queue) == 8


@pytest.mark.bad_input
def test_what_does_not_fit():
    with pytest.raises(ValueError, match="sizes must be at least 1"):
        ProjectionHead(3, 0, 2)
    with pytest.raises(ValueError, match="momentum must lie"):
        BYOL(nn.Identity(), nn.Identity(), nn.Identity(), momentum=2.0)
    with pytest.raises(TypeError, match="must be callable, got float"):
        TwoViews(0.5)
    with pytest.raises(ValueError, match="needs two tensors of one shape"):
        SimCLR(nn.Identity(), nn.Identity())(torch.ones(1, 2), torch.ones(1, 2))
    with pytest.raises(ValueError, match="epochs"):
        pretrain(SimCLR(nn.Linear(2, 2), nn.Identity()), torch.ones(4, 2), TwoViews(), epochs=-1)

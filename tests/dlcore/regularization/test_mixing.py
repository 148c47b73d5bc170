"""Blends of examples: shares against the Beta distribution, losses against soft targets."""

import pytest
import scipy.stats
import torch
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss

from dlcore.regularization import Mixed, cutmix, manifold_mixup, mixup, mixup_loss
from tests.parity import assert_close


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def random(*shape, seed=0):
    return torch.rand(shape, generator=seeded(seed), dtype=torch.float64)


X, Y = random(7, 3, 11, 13), torch.tensor([0, 1, 2, 3, 4, 0, 1])


@pytest.mark.reference("torch.lerp", of="dlcore.regularization.mixup")
@pytest.mark.reference("torch.nn.functional.one_hot", of="dlcore.regularization.Mixed")
def test_inputs_and_targets_are_blended_with_one_weight_and_one_permutation():
    eye = torch.eye(7).double()
    mixed = mixup(eye, torch.arange(7), 1.0, generator=seeded())
    order = mixed.y_partner
    assert sorted(order.tolist()) == list(range(7))
    assert_close(mixed.x, torch.lerp(eye[order], eye, mixed.weight))
    assert_close(mixed.soft_targets(7), mixed.x, rtol=1e-6)
    assert_close(mixed.soft_targets(9).sum(dim=1), torch.ones(7), rtol=1e-6)
    assert mixed.soft_targets(9).shape == (7, 9)


@pytest.mark.parametrize("alpha", [0.2, 0.4, 1.0, 5.0])
def test_the_weight_has_a_beta_distribution(alpha):
    generator, x, y = seeded(), torch.zeros(1, 1), torch.zeros(1)
    weights = [mixup(x, y, alpha, generator=generator).weight for _ in range(500)]
    assert scipy.stats.kstest(weights, scipy.stats.beta(alpha, alpha).cdf).pvalue > 1e-3


@pytest.mark.reference("torch.nn.functional.cross_entropy", of="dlcore.regularization.mixup_loss")
def test_the_loss_on_both_labels_is_that_of_the_blended_targets():
    mixed = mixup(X, Y, 1.0, generator=seeded())
    logits = random(7, 5, seed=1)
    soft = mixed.soft_targets(5).double()
    assert_close(mixup_loss(cross_entropy, logits, mixed), cross_entropy(logits, soft), rtol=1e-6)


def test_other_targets_than_labels():
    y = random(7, 2, seed=1)
    mixed = mixup(X, y, generator=seeded())
    assert mixed.y_partner.shape == (7, 2)
    expected = (
        mixed.weight * y.square().mean() + (1 - mixed.weight) * mixed.y_partner.square().mean()
    )
    assert_close(mixup_loss(mse_loss, torch.zeros(7, 2).double(), mixed), expected)


@pytest.mark.reference("pixel counts", of="dlcore.regularization.cutmix")
def test_cutmix_pastes_one_rectangle_and_counts_it():
    images = torch.arange(7.0)[:, None, None, None].expand(7, 2, 11, 13)
    generator, weights = seeded(), []
    for _ in range(60):
        mixed = cutmix(images, torch.arange(7), generator=generator)
        if mixed.y_partner.equal(mixed.y):
            continue
        pasted = mixed.x != images
        moved = mixed.y_partner != mixed.y
        assert not pasted[~moved].any()
        box = pasted[moved][0, 0]
        assert torch.equal(pasted[moved], box.expand(int(moved.sum()), 2, 11, 13))
        assert torch.equal(box, box.any(dim=1)[:, None] & box.any(dim=0))
        assert mixed.weight == pytest.approx(1 - box.sum().item() / 143)
        partner = mixed.y_partner[:, None, None, None].float()
        assert torch.equal(mixed.x[pasted], partner.expand_as(pasted)[pasted])
        weights.append(mixed.weight)
    assert min(weights) < 0.4
    assert max(weights) > 0.9


def test_the_rectangle_has_the_share_that_the_beta_distribution_gives():
    generator, shares = seeded(), []
    image = torch.zeros(1, 1, 200, 200)
    for _ in range(300):
        drawn = torch.Generator()
        drawn.set_state(generator.get_state())
        share = 1 - mixup(torch.zeros(1), torch.zeros(1), 1.0, generator=drawn).weight
        weight = cutmix(image, torch.zeros(1), generator=generator).weight
        # what is cut off at the borders makes the rectangle smaller, by three quarters at most
        assert 0.25 * share - 0.02 <= 1 - weight <= share + 1e-9
        shares.append((1 - weight) / share)
    assert max(shares) > 0.95


@pytest.mark.reference("linearity", of="dlcore.regularization.manifold_mixup")
def test_blends_at_any_stage_of_a_linear_model_are_blends_of_its_outputs():
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(429, 5), nn.Linear(5, 3), nn.Linear(3, 2)
    ).double()
    generator, shapes = seeded(), set()
    for _ in range(30):
        outputs, mixed = manifold_mixup(model, X, torch.arange(7), generator=generator)
        blended = torch.lerp(model(X)[mixed.y_partner], model(X), mixed.weight)
        assert_close(outputs, blended)
        shapes.add(tuple(mixed.x.shape))
    assert shapes == {(7, 3, 11, 13), (7, 429), (7, 5), (7, 3)}
    mixup_loss(cross_entropy, outputs, mixed._replace(y=Y % 2, y_partner=Y % 2)).backward()
    assert all(p.grad is not None for p in model.parameters())


def test_the_generator_decides_and_nothing_is_changed_in_place():
    before = X.clone()
    for f in (mixup, cutmix):
        assert torch.equal(f(X, Y, generator=seeded(1)).x, f(X, Y, generator=seeded(1)).x)
        assert not torch.equal(f(X, Y, generator=seeded(1)).x, f(X, Y, generator=seeded(2)).x)
        assert f(X.float(), Y).x.dtype == torch.float32
    assert torch.equal(X, before)


@pytest.mark.bad_input
def test_bad_input():
    for f in (mixup, cutmix):
        with pytest.raises(ValueError, match=f"{f.__name__}: alpha must be positive, got 0"):
            f(X, Y, 0)
        with pytest.raises(ValueError, match="one target each, got 7 and 6"):
            f(X, Y[:6])
        with pytest.raises(ValueError, match="one target each, got 0 and 0"):
            f(X[:0], Y[:0])
    with pytest.raises(TypeError, match=r"mixup blends floating-point inputs, got torch\.int64"):
        mixup(Y, Y)
    with pytest.raises(ValueError, match=r"cutmix needs images .* got shape \(7, 3\)"):
        cutmix(X[:, :, 0, 0], Y)
    with pytest.raises(ValueError, match="at least one stage"):
        manifold_mixup([], X, Y)
    assert Mixed(X, Y, Y, 0.5).weight == 0.5

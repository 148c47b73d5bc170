"""The adversarial game: which player moves, and five steps of it against steps by hand."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore.generative import GAN, ConditionalGAN, GANHistory, train_gan
from dlcore.generative.wasserstein_critic import gradient_penalty
from tests.parity import assert_close


def linear_gan():
    torch.manual_seed(1)
    return GAN(nn.Linear(2, 2), nn.Linear(2, 1), 2).double()


def data(generator, n=50):
    return 3 + torch.randn(n, 2, generator=generator, dtype=torch.float64)


def by_hand(gan, X, steps, generator, d_steps=1, g_steps=1, lr=1e-3):
    """The textbook loop with torch's losses and the same draws."""
    G, D = gan.generator, gan.discriminator
    adam = [torch.optim.Adam(p.parameters(), lr=lr, betas=(0.5, 0.999)) for p in (D, G)]
    for _ in range(steps):
        for _ in range(d_steps):
            x = X[torch.randint(len(X), (8,), generator=generator)]
            z = torch.randn(8, 2, generator=generator, dtype=X.dtype)
            bce = F.binary_cross_entropy_with_logits
            one = torch.ones(8, 1, dtype=X.dtype)
            adam[0].zero_grad()
            (bce(D(x), one) + bce(D(G(z).detach()), 0 * one)).backward()
            adam[0].step()
        for _ in range(g_steps):
            z = torch.randn(8, 2, generator=generator, dtype=X.dtype)
            adam[1].zero_grad()
            F.binary_cross_entropy_with_logits(D(G(z)), one).backward()
            adam[1].step()


@pytest.mark.reference("torch.optim.Adam", of="dlcore.generative.train_gan")
@pytest.mark.parametrize(("d_steps", "g_steps"), [(1, 1), (2, 3)])
def test_the_textbook_loop(generator, d_steps, g_steps):
    X, gan = data(generator), linear_gan()
    twin = copy.deepcopy(gan)
    train_gan(
        gan, X, steps=4, batch_size=8, discriminator_steps=d_steps, generator_steps=g_steps,
        generator=torch.Generator().manual_seed(5), progress=False,
    )  # fmt: skip
    by_hand(twin, X, 4, torch.Generator().manual_seed(5), d_steps, g_steps)
    for ours, theirs in zip(gan.parameters(), twin.parameters(), strict=True):
        assert_close(ours.detach(), theirs.detach())


@pytest.mark.reference("closed form", of="dlcore.generative.GANHistory")
def test_losses_of_the_first_round(generator):
    X, gan = data(generator), linear_gan()
    nn.init.zeros_(gan.discriminator.weight)
    nn.init.zeros_(gan.discriminator.bias)
    history = train_gan(gan, X, steps=2, lr=1e-12, generator=generator, progress=False)
    assert isinstance(history, GANHistory)
    two = torch.tensor(2.0).log().expand(2)
    assert_close(history.discriminator, 2 * two, rtol=1e-5)
    assert_close(history.generator, two, rtol=1e-5)


def test_each_update_leaves_the_other_player_alone(generator):
    X = data(generator)
    for kind in ("minimax", "hinge", "least_squares", "wasserstein"):
        gan = linear_gan()
        gan.generator.requires_grad_(False)
        before = copy.deepcopy(gan.state_dict())
        with pytest.raises(RuntimeError, match="grad"):
            train_gan(gan, X, steps=1, kind=kind, generator=generator, progress=False)
        moved = [k for k, v in gan.state_dict().items() if not torch.equal(before[k], v)]
        assert "discriminator.weight" in moved
        assert not [k for k in moved if k.startswith("generator")]


def test_who_watches_sees_every_round(generator):
    """Each call comes after an update, and the last one sees what training leaves."""
    X, gan = data(generator), linear_gan()
    seen = {}

    def look(done):
        seen[done] = copy.deepcopy(gan.state_dict())

    train_gan(gan, X, steps=3, watch=look, generator=generator, progress=False)
    assert list(seen) == [1, 2, 3]
    for done in (1, 2):
        assert not torch.equal(seen[done]["generator.weight"], seen[done + 1]["generator.weight"])
    assert all(torch.equal(seen[3][name], value) for name, value in gan.state_dict().items())


def test_clipping_and_penalty(generator):
    X, gan = data(generator), linear_gan()
    options = {"kind": "wasserstein", "generator": generator, "progress": False}
    train_gan(gan, X, steps=3, clip=0.01, lr=0.1, **options)
    assert max(p.abs().max() for p in gan.discriminator.parameters()) <= 0.01
    gan = linear_gan()
    nn.init.constant_(gan.discriminator.weight, 3.0)
    before = gradient_penalty(gan.scores, X, X).item()
    train_gan(gan, X, steps=30, penalty=100.0, lr=0.05, **options)
    assert gradient_penalty(gan.scores, X, X).item() < before / 2


@pytest.mark.reference("closed form", of="dlcore.generative.GAN")
def test_both_players_of_a_linear_game(generator):
    gan = linear_gan()
    z = gan.draw_latent(2000, generator=generator)
    G, D = gan.generator, gan.discriminator
    x = z @ G.weight.T + G.bias
    assert_close(gan.generate(z).detach(), x.detach())
    assert_close(gan.scores(x).detach(), (x @ D.weight[0] + D.bias).detach())
    # 5 standard errors of 2000 codes
    assert z.mean(0).abs().max() < 5 / 2000**0.5
    assert (z.square().mean(0) - 1).abs().max() < 5 * (2 / 2000) ** 0.5
    assert GAN.mlp(3, 2).sample(4).shape == (4, 3)


@pytest.mark.reference("closed form", of="dlcore.generative.ConditionalGAN")
def test_the_class_reaches_both_players(generator):
    gan = ConditionalGAN(nn.Linear(5, 2), nn.Linear(5, 1), 2, 3)
    z = gan.draw_latent(4, generator=generator)
    labels = torch.tensor([0, 1, 2, 2])
    weight, bias = gan.generator.weight, gan.generator.bias
    expected = z @ weight[:, :2].T + weight.T[2 + labels] + bias
    assert_close(gan.generate(z, labels).detach(), expected.detach(), rtol=1e-5, atol=1e-6)
    x, w = torch.randn(4, 2, generator=generator), gan.discriminator.weight[0]
    scores = x @ w[:2] + w[2 + labels] + gan.discriminator.bias
    assert_close(gan.scores(x, labels).detach(), scores.detach(), rtol=1e-5, atol=1e-6)
    assert gan.sample(6, generator=generator).shape == (6, 2)


def test_each_class_goes_to_its_place(generator):
    labels = torch.arange(400) % 2
    X = torch.where(labels[:, None] == 0, -2.0, 2.0) + 0.1 * torch.randn(400, 1)
    torch.manual_seed(0)
    gan = ConditionalGAN(nn.Linear(3, 1), nn.Sequential(nn.Linear(3, 16), nn.ReLU(),
                         nn.Linear(16, 1)), 1, 2)  # fmt: skip
    train_gan(gan, X, labels, steps=150, lr=0.02, generator=generator, progress=False)
    found = [gan.sample_classes(torch.full((200,), c)).mean().item() for c in (0, 1)]
    assert found[0] < -0.5
    assert found[1] > 0.5


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GAN(nn.Identity(), nn.Identity(), 0), "at least 1, got 0"),
        (lambda: linear_gan().generate(torch.ones(1, 2), torch.ones(1).long()), "no labels"),
        (lambda: linear_gan().scores(torch.ones(1, 2), torch.ones(1).long()), "no labels"),
        (lambda: GAN(nn.Linear(1, 2), nn.Linear(2, 2), 1).scores(torch.ones(3, 2)), "one score"),
        (lambda: train_gan(linear_gan(), torch.ones(0, 2), steps=1), "needs examples"),
        (lambda: train_gan(linear_gan(), torch.ones(5, 2), steps=0), "counts >= 1"),
        (lambda: train_gan(linear_gan(), torch.ones(5, 2), steps=1, kind="x"), "kind must be"),
        (
            lambda: train_gan(linear_gan(), torch.ones(5, 2), torch.ones(4).long(), steps=1),
            "expected 5 labels",
        ),
        (lambda: ConditionalGAN.classes_mlp(2, 1, 0), "num_classes"),
        (lambda: ConditionalGAN.classes_mlp(2, 1, 2).generate(torch.ones(1, 1)), "needs a label"),
        (
            lambda: ConditionalGAN.classes_mlp(2, 1, 2).sample_classes(torch.tensor([2])),
            r"in \[0, 2\)",
        ),
        (
            lambda: ConditionalGAN.classes_mlp(2, 1, 2).scores(
                torch.ones(2, 2), torch.zeros(3).long()
            ),
            "expected 2 labels",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()

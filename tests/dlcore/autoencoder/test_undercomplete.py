"""Autoencoders against torch's own layers; the linear one against principal components."""

import copy
import itertools

import numpy as np
import pytest
import scipy.linalg
import torch
from sklearn.decomposition import PCA
from torch import nn
from torch.nn import functional as F

from dlcore.autoencoder import Autoencoder, EncoderDecoder, LinearAutoencoder
from tests.parity import assert_close


def torch_network(sizes, output=None):
    layers = []
    for d_in, d_out in itertools.pairwise(sizes):
        layers += [nn.Linear(d_in, d_out), nn.Tanh()]
    layers[-1:] = [] if output is None else [output]
    return nn.Sequential(*layers).double()


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.autoencoder.Autoencoder")
def test_codes_and_reconstructions_are_those_of_torchs_layers(generator):
    model = Autoencoder(
        [7, 5, 3], "tanh", code_activation="relu", output="sigmoid", kind="gaussian"
    ).double()
    encoder, decoder = torch_network([7, 5, 3], nn.ReLU()), torch_network([3, 5, 7], nn.Sigmoid())
    encoder.load_state_dict(model.encoder.state_dict())
    decoder.load_state_dict(model.decoder.state_dict())
    x = torch.rand(11, 7, dtype=torch.float64, generator=generator)
    h = encoder(x)
    assert_close(model.encode(x), h)
    assert_close(model.decode(h), decoder(h))
    assert_close(model(x), decoder(h))
    assert_close(model.reconstruct(x), decoder(h))
    errors = (x - decoder(h)).square().sum(1)
    assert_close(model.errors(x), errors)
    expected = 0.5 * errors.mean() + 7 / 2 * np.log(2 * np.pi)
    assert_close(model.loss(x), expected)


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy", of="dlcore.autoencoder.Autoencoder"
)
def test_with_coins_the_decoder_returns_logits(generator):
    model = Autoencoder([4, 3, 2], kind="bernoulli").double()
    x = torch.rand(5, 4, dtype=torch.float64, generator=generator)
    assert_close(model.reconstruct(x), model(x).sigmoid())
    expected = F.binary_cross_entropy(model(x).sigmoid(), x, reduction="sum") / 5
    assert_close(model.loss(x), expected)


@pytest.mark.reference("torch.nn.functional.mse_loss", of="dlcore.autoencoder.EncoderDecoder")
def test_any_two_networks_make_an_autoencoder(generator):
    encoder = nn.Sequential(nn.Conv1d(2, 3, 2), nn.Flatten()).double()
    decoder = nn.Sequential(nn.Unflatten(1, (3, 5)), nn.ConvTranspose1d(3, 2, 2)).double()
    model = EncoderDecoder(encoder, decoder, "squared")
    x = torch.rand(4, 2, 6, dtype=torch.float64, generator=generator)
    error = F.mse_loss(decoder(encoder(x)), x, reduction="sum") / 4
    assert_close(model.encode(x), encoder(x))
    assert_close(model.loss(x), error)
    assert_close(model.errors(x).mean(), error)


@pytest.mark.bad_input
def test_a_kind_of_loss_must_exist():
    with pytest.raises(ValueError, match="got 'cubed'"):
        EncoderDecoder(nn.Identity(), nn.Identity(), "cubed")


@pytest.mark.reference("parameter identity", of="dlcore.autoencoder.Autoencoder")
def test_tied_layers_are_the_same_parameters_transposed(generator):
    model = Autoencoder([5, 4, 2], "tanh", tied=True).double()
    assert model.decoder[0].weight is model.encoder[2].weight
    assert model.decoder[2].weight is model.encoder[0].weight
    assert sum(p.numel() for p in model.parameters()) == (5 * 4 + 4 * 2) + (4 + 2) + (4 + 5)
    copied = copy.deepcopy(model)
    assert copied.decoder[0].weight is copied.encoder[2].weight

    free = Autoencoder([5, 4, 2], "tanh").double()
    free.encoder.load_state_dict(model.encoder.state_dict())
    with torch.no_grad():
        for layer, (down, up) in enumerate(zip((2, 0), (0, 2), strict=True)):
            free.decoder[up].weight.copy_(model.encoder[down].weight.T)
            free.decoder[up].bias.fill_(0.3 * layer)
            model.decoder[up].bias.fill_(0.3 * layer)
    x = torch.randn(6, 5, dtype=torch.float64, generator=generator)
    assert_close(model(x), free(x))
    model.loss(x).backward()
    free.loss(x).backward()
    both = free.encoder[0].weight.grad + free.decoder[2].weight.grad.T
    assert_close(model.encoder[0].weight.grad, both)


def test_stages_pair_each_layer_with_its_mirror():
    model = Autoencoder([6, 5, 4, 2], "tanh", code_activation="relu", output="sigmoid")
    stages = model.stages()
    widths = [(down[0].in_features, up[0].out_features) for down, up in stages]
    assert widths == [(6, 6), (5, 5), (4, 4)]
    assert [type(down[1]).__name__ for down, _ in stages] == ["Tanh", "Tanh", "ReLU"]
    assert [type(up[1]).__name__ for _, up in stages] == ["Sigmoid", "Tanh", "Tanh"]
    x = torch.rand(3, 6)
    h = x
    for down, _ in stages:
        h = down(h)
    for _, up in stages[::-1]:
        h = up(h)
    assert_close(h, model(x))


@pytest.fixture
def data(generator):
    return 2 + torch.randn(101, 5, dtype=torch.float64, generator=generator) @ torch.randn(
        5, 5, dtype=torch.float64, generator=generator
    )


@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.autoencoder.LinearAutoencoder")
@pytest.mark.parametrize("tied", [False, True])
def test_the_optimum_is_that_of_principal_components(data, tied):
    model = LinearAutoencoder(5, 2, tied=tied).double().solve_(data)
    pca = PCA().fit(data.numpy())
    left_out = pca.explained_variance_[2:].sum() * 100 / 101
    assert_close(model.loss(data), left_out)
    angles = scipy.linalg.subspace_angles(model.subspace().numpy(), pca.components_[:2].T)
    assert np.abs(angles).max() < 1e-6
    assert_close(model.subspace().T @ model.subspace(), torch.eye(2))
    for gradient in torch.autograd.grad(model.loss(data), list(model.parameters())):
        assert gradient.abs().max() < 1e-9


@pytest.mark.reference("the algebra of products", of="dlcore.autoencoder.LinearAutoencoder")
def test_mixed_codes_rebuild_the_same_and_span_the_same_plane(data, generator):
    model = LinearAutoencoder(5, 2).double().solve_(data)
    before, plane, loss = model(data), model.subspace(), model.loss(data)
    A = torch.randn(2, 2, dtype=torch.float64, generator=generator)
    with torch.no_grad():
        model.encoder[0].weight.copy_(A @ model.encoder[0].weight)
        model.encoder[0].bias.copy_(A @ model.encoder[0].bias)
        model.decoder[0].weight.copy_(model.decoder[0].weight @ torch.linalg.inv(A))
    assert_close(model(data), before, rtol=1e-6)
    assert (
        np.abs(scipy.linalg.subspace_angles(model.subspace().numpy(), plane.numpy())).max() < 1e-6
    )
    for _ in range(20):
        other = copy.deepcopy(model)
        with torch.no_grad():
            for p in other.parameters():
                p += 0.1 * torch.randn(p.shape, dtype=p.dtype, generator=generator)
        assert other.loss(data) > loss


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Autoencoder([4]), "at least input and output"),
        (lambda: Autoencoder([4, 0]), "at least 1"),
        (lambda: Autoencoder([4, 2], "softplux"), "unknown activation"),
        (lambda: Autoencoder([4, 2], kind="cubed"), "kind must be"),
        (lambda: Autoencoder([4, 2], output="sigmoid", kind="bernoulli"), "wants logits"),
        (lambda: Autoencoder([4, 2])(torch.zeros(3, 5)), r"\(\.\.\., 4\), got \(3, 5\)"),
        (lambda: LinearAutoencoder(4, 3).solve_(torch.rand(2, 4)), "n_components"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()

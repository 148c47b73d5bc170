"""The convolutional autoencoder against torch's functions with the same weights."""

import pytest
import torch
from torch.nn import functional as F

from dlcore.autoencoder import ConvAutoencoder, train_autoencoder
from tests.parity import assert_close


@pytest.mark.reference(
    "torch.nn.functional.conv_transpose2d", of="dlcore.autoencoder.ConvAutoencoder"
)
def test_codes_and_images_are_those_of_torchs_functions(generator):
    model = ConvAutoencoder(3, 8, 5, channels=(4, 6), kind="bernoulli").double()
    x = torch.rand(2, 3, 8, 8, dtype=torch.float64, generator=generator)
    c1, c2, down = model.encoder[0], model.encoder[2], model.encoder[5]
    h = F.conv2d(x, c1.weight, c1.bias, stride=2, padding=1).relu()
    h = F.conv2d(h, c2.weight, c2.bias, stride=2, padding=1).relu()
    h = F.linear(h.reshape(2, 6 * 2 * 2), down.weight, down.bias)
    assert_close(model.encode(x), h)
    up, t2, t1 = model.decoder[0], model.decoder[3], model.decoder[5]
    y = F.linear(h, up.weight, up.bias).reshape(2, 6, 2, 2).relu()
    y = F.conv_transpose2d(y, t2.weight, t2.bias, stride=2, padding=1).relu()
    y = F.conv_transpose2d(y, t1.weight, t1.bias, stride=2, padding=1)
    assert_close(model(x), y)
    assert_close(model.errors(x), (x - y.sigmoid()).square().sum((1, 2, 3)))


def test_a_few_steps_help(generator):
    x = torch.rand(16, 1, 4, 4, generator=generator)
    model = ConvAutoencoder(1, 4, 3, channels=(8,))
    history = train_autoencoder(model, x, epochs=20, batch_size=16, lr=0.01, progress=False)
    assert history["loss"][-1] < 0.9 * history["loss"][0]


@pytest.mark.bad_input
@pytest.mark.parametrize("options", [(1, 6, 2), (1, 0, 2), (0, 8, 2), (1, 8, 0)])
def test_what_does_not_fit(options):
    with pytest.raises(ValueError, match="a side that 4 divides"):
        ConvAutoencoder(*options)

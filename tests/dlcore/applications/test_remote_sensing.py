"""The vegetation index in closed form."""

import numpy as np
import pytest
import torch

from dlcore.applications import ndvi
from tests.parity import assert_close


@pytest.mark.reference("numpy division", of="dlcore.applications.ndvi")
def test_ndvi(generator):
    nir, red = torch.rand(2, 5, 7, dtype=torch.float64, generator=generator)
    nir[0, 0] = red[0, 0] = 0.0
    nir[1, 1] = 0.0
    with np.errstate(invalid="ignore"):
        expected = (nir.numpy() - red.numpy()) / (nir.numpy() + red.numpy())
    assert_close(ndvi(nir, red), expected)
    assert ndvi(nir, red)[0, 0].isnan()
    assert ndvi(nir, red)[1, 1] == -1
    assert round(float(ndvi(torch.tensor(0.5), torch.tensor(0.1))), 3) == 0.667
    dark = torch.zeros(3, requires_grad=True)
    ndvi(dark, torch.tensor([0.0, 0.1, 0.2]))[1:].sum().backward()
    assert dark.grad.isfinite().all()


@pytest.mark.bad_input
def test_what_does_not_fit():
    for nir, red, message in (
        (torch.ones(2), torch.ones(3), "shapes differ"),
        (torch.ones(2), -torch.ones(2), "at least 0"),
    ):
        with pytest.raises(ValueError, match=message):
            ndvi(nir, red)

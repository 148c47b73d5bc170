"""Windows as columns against torch's unfold and fold."""

import itertools

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

OPTIONS = list(itertools.product((1, 2, (3, 2)), (1, (2, 1)), (0, 1, (2, 1)), (1, 2, (2, 3))))


@pytest.mark.reference("torch.nn.functional.unfold", of="dlcore.nn.im2col")
@pytest.mark.reference("torch.nn.functional.fold", of="dlcore.nn.col2im")
@pytest.mark.parametrize("options", OPTIONS)
def test_as_in_torch(options, generator):
    _kernel, _dilation, _padding, _stride = options
    x = torch.randn(2, 3, 7, 8, generator=generator, dtype=torch.float64)
    assert_parity(nn.im2col, F.unfold, x, *options)
    columns = F.unfold(x, *options)
    assert_parity(nn.col2im, F.fold, columns, (7, 8), *options)
    y = torch.randn(columns.shape, generator=generator, dtype=torch.float64)
    back = nn.col2im(y, (7, 8), *options)
    assert_close((nn.im2col(x, *options) * y).sum(), (x * back).sum())


def test_pixels_come_back_as_often_as_they_were_seen():
    seen = nn.col2im(nn.im2col(torch.ones(1, 1, 4, 4), 3), 4, 3)
    assert_close(seen[0, 0], torch.outer(*[torch.tensor([1.0, 2, 2, 1])] * 2))


def test_gradients_of_gradients_and_vmap(generator):
    x = torch.randn(1, 2, 4, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: nn.im2col(x, 2, padding=1), x)
    columns = nn.im2col(x, 2).detach().requires_grad_()
    fold = lambda c: nn.col2im(c, (4, 5), 2) ** 2  # noqa: E731
    assert torch.autograd.gradcheck(fold, columns)
    assert torch.autograd.gradgradcheck(fold, columns)
    many = torch.randn(3, *columns.shape, generator=generator, dtype=torch.float64)
    assert_close(torch.func.vmap(fold)(many), torch.stack([fold(c) for c in many]))


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"shape \(n, c, h, w\), got \(3, 4, 5\)"):
        nn.im2col(torch.ones(3, 4, 5), 2)
    with pytest.raises(ValueError, match="does not fit"):
        nn.im2col(torch.ones(1, 1, 4, 5), 5)
    with pytest.raises(ValueError, match=r"columns of shape \(n, c x 4, 6\), got \(1, 4, 7\)"):
        nn.col2im(torch.ones(1, 4, 7), (3, 4), 2)
    with pytest.raises(ValueError, match=r"columns of shape \(n, c x 4, 6\), got \(1, 5, 6\)"):
        nn.col2im(torch.ones(1, 5, 6), (3, 4), 2)

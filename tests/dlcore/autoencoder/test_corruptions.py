"""Corruptions against the moments of coins, and uniform places of blocks."""

import pytest
import scipy.stats
import torch

from dlcore.autoencoder import block_mask, mask_inputs, salt_and_pepper

FALSE_ALARM = 1e-6


def plausible(count, n, p):
    return scipy.stats.binomtest(int(count), n, p).pvalue > FALSE_ALARM


@pytest.mark.reference("scipy.stats.binomtest", of="dlcore.autoencoder.mask_inputs")
def test_entries_are_hidden_as_often_as_said_and_the_rest_is_left(generator):
    x = 1 + torch.rand(100, 50, generator=generator)
    hidden = mask_inputs(x, 0.3, generator=generator)
    gone = hidden == 0
    assert plausible(gone.sum(), 5000, 0.3)
    assert torch.equal(hidden[~gone], x[~gone])
    assert len(gone.unique(dim=0)) == 100
    assert not torch.equal(mask_inputs(x, 0.3, generator=generator), hidden)
    assert torch.equal(mask_inputs(x, 0.0), x)
    assert (mask_inputs(x, 1.0) == 0).all()
    assert x.min() >= 1


@pytest.mark.reference("scipy.stats.binomtest", of="dlcore.autoencoder.salt_and_pepper")
def test_salt_and_pepper_are_equally_frequent(generator):
    x = torch.rand(100, 50, generator=generator)
    noisy = salt_and_pepper(x, 0.4, low=-1.0, high=2.0, generator=generator)
    assert plausible((noisy == -1).sum(), 5000, 0.2)
    assert plausible((noisy == 2).sum(), 5000, 0.2)
    kept = (noisy != -1) & (noisy != 2)
    assert torch.equal(noisy[kept], x[kept])
    assert not torch.equal(salt_and_pepper(x, 0.4, low=-1.0, high=2.0), noisy)
    assert torch.equal(salt_and_pepper(x, 0.0), x)


@pytest.mark.reference("scipy.stats.chisquare", of="dlcore.autoencoder.block_mask")
def test_blocks_lie_inside_and_everywhere_equally_often(generator):
    images = torch.zeros(3000, 2, 4, 5)
    mask = block_mask(images, 3, generator=generator)
    windows = torch.zeros(2 * 3, 4, 5, dtype=torch.bool)
    for place in range(6):
        top, left = divmod(place, 3)
        windows[place, top : top + 3, left : left + 3] = True
    matches = (mask == windows).all(dim=(2, 3))
    assert matches.sum(1).eq(1).all()
    assert scipy.stats.chisquare(matches.sum(0).numpy()).pvalue > FALSE_ALARM
    assert block_mask(images, 4).sum((2, 3)).eq(16).all()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: mask_inputs(x, 1.5), ValueError, "between 0 and 1"),
        (lambda x: mask_inputs(x.long()), TypeError, "torch.int64"),
        (lambda x: salt_and_pepper(x, -0.1), ValueError, "between 0 and 1"),
        (lambda x: salt_and_pepper(x, low=1.0), ValueError, "low must be below high"),
        (lambda x: salt_and_pepper([1.0]), TypeError, "got list"),
        (lambda x: block_mask(x, 6), ValueError, "1..5"),
        (lambda x: block_mask(x, 0), ValueError, "1..5"),
        (lambda x: block_mask(x[0], 2), ValueError, "block_mask"),
    ],
)
def test_what_does_not_fit(call, error, message):
    with pytest.raises(error, match=message):
        call(torch.rand(2, 1, 5, 6))

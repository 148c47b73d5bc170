"""Pretext tasks: the answer, undone, gives the original back."""

from itertools import permutations

import numpy as np
import pytest
import torch
from skimage.color import rgb2gray
from torch.nn import functional as F

from dlcore.representation import (
    SentencePair,
    causal_lm_pairs,
    colorization_task,
    inpainting_task,
    jigsaw_permutations,
    jigsaw_task,
    nsp_pairs,
    rotation_task,
)
from tests.parity import assert_close


@pytest.mark.reference("numpy.rot90", of="dlcore.representation.rotation_task")
def test_turning_back_gives_the_image(generator):
    images = torch.rand(3, 2, 5, 5, generator=generator)
    turned, turns = rotation_task(images)
    assert turns.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    for i, (image, k) in enumerate(zip(turned.numpy(), turns.tolist(), strict=True)):
        assert np.array_equal(image, np.rot90(images[i % 3].numpy(), k, axes=(1, 2)))
        assert np.array_equal(np.rot90(image, -k, axes=(1, 2)), images[i % 3].numpy())


@pytest.mark.reference("torch.nn.functional.unfold", of="dlcore.representation.jigsaw_task")
def test_tiles_put_back_give_the_image(generator):
    images = torch.rand(20, 2, 6, 6, generator=generator)
    orders = torch.stack([torch.randperm(9, generator=generator) for _ in range(4)])
    shuffled, labels = jigsaw_task(images, orders, generator=generator)
    assert set(labels.tolist()) == {0, 1, 2, 3}
    tiles, mixed = (F.unfold(x, 2, stride=2) for x in (images, shuffled))
    for i, label in enumerate(labels):
        assert torch.equal(mixed[i], tiles[i][:, orders[label]])
    back = torch.zeros_like(tiles)
    for i, label in enumerate(labels):
        back[i][:, orders[label]] = mixed[i]
    assert torch.equal(F.fold(back, 6, 2, stride=2), images)
    same, _ = jigsaw_task(images, torch.arange(4)[None])
    assert torch.equal(same, images)


@pytest.mark.reference("itertools.permutations", of="dlcore.representation.jigsaw_permutations")
def test_orders_are_different_and_far_apart(generator):
    every = jigsaw_permutations(6, 3, generator=generator)
    assert sorted(map(tuple, every.tolist())) == sorted(permutations(range(3)))
    assert every[0].tolist() == [0, 1, 2]
    # the four orders of four tiles that agree nowhere are the rows of a Latin square
    far = jigsaw_permutations(4, 4, generator=generator)
    assert all((far[i] != far[j]).all() for i in range(4) for j in range(i))


@pytest.mark.reference("skimage.color.rgb2gray", of="dlcore.representation.colorization_task")
def test_grey_is_the_weighted_mean_of_the_colours(generator):
    images = torch.rand(2, 3, 4, 5, generator=generator)
    grey, colours = colorization_task(images)
    assert colours is images
    assert grey.shape == (2, 1, 4, 5)
    # ITU-R 601 here, 709 there: grey stays grey under both, the order of pure colours as well
    flat = torch.rand(2, 1, 4, 5, generator=generator).expand(-1, 3, -1, -1)
    expected = torch.from_numpy(rgb2gray(flat.numpy(), channel_axis=1))
    assert_close(colorization_task(flat)[0][:, 0], expected.float(), rtol=1e-5)
    weights = torch.tensor([0.299, 0.587, 0.114])
    assert_close(grey[:, 0], torch.einsum("nchw,c->nhw", images, weights), rtol=1e-5)


@pytest.mark.reference("counts", of="dlcore.representation.inpainting_task")
def test_a_hole_is_a_square_of_zeros(generator):
    images = 1 + torch.rand(50, 2, 6, 7, generator=generator)
    holed, hole = inpainting_task(images, 3, generator=generator)
    assert hole.shape == (50, 1, 6, 7)
    assert torch.equal(holed + images * hole, images)
    for mask in hole[:, 0]:
        rows, columns = mask.any(1), mask.any(0)
        assert rows.sum() == columns.sum() == 3
        assert torch.equal(mask, rows[:, None] & columns)
    assert hole.any(0).all()


@pytest.mark.reference("counts", of="dlcore.representation.nsp_pairs")
def test_half_of_the_pairs_follow_and_the_others_come_from_elsewhere(generator):
    documents = [[f"{d}.{i}" for i in range(n)] for d, n in enumerate((300, 1, 0, 200, 50))]
    pairs = nsp_pairs(documents, generator=generator)
    assert [p.first for p in pairs] == [s for document in documents for s in document[:-1]]
    places = {"true": 0, "false": set()}
    for first, second, follows in pairs:
        d, i = map(int, first.split("."))
        if follows:
            places["true"] += 1
            assert second == f"{d}.{i + 1}"
        else:
            places["false"].add(second)
            assert not second.startswith(f"{d}.")
    assert abs(places["true"] - 547 / 2) < 4 * 547**0.5 / 2
    assert {s.split(".")[0] for s in places["false"]} >= {"0", "3", "4"}


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy", of="dlcore.representation.causal_lm_pairs"
)
def test_targets_are_the_next_tokens():
    tokens = torch.tensor([[3, 1, 4, 1, 5], [9, 2, 6, 0, 0]])
    inputs, targets = causal_lm_pairs(tokens, padding=0)
    assert inputs.tolist() == [[3, 1, 4, 1], [9, 2, 6, 0]]
    assert targets.tolist() == [[1, 4, 1, 5], [2, 6, -100, -100]]
    assert torch.equal(causal_lm_pairs(tokens)[1], tokens[:, 1:])
    assert tokens[1, 3] == 0
    logits = torch.randn(2, 4, 10, generator=torch.Generator().manual_seed(0))
    log_p = logits.log_softmax(-1)
    by_hand = -torch.stack(
        [log_p[n, t, tokens[n, t + 1]] for n in range(2) for t in range(4) if tokens[n, t + 1]]
    )
    assert_close(F.cross_entropy(logits.transpose(1, 2), targets), by_hand.mean(), rtol=1e-6)


@pytest.mark.reference("typing.NamedTuple", of="dlcore.representation.SentencePair")
def test_a_pair_unpacks():
    first, second, follows = SentencePair("a", "b", False)
    assert (first, second, follows) == ("a", "b", False)


@pytest.mark.bad_input
def test_what_does_not_fit():
    images = torch.rand(2, 3, 6, 6)
    order = torch.arange(4)[None]
    for call, message in (
        (lambda: rotation_task(images[..., :5]), "square images"),
        (lambda: jigsaw_permutations(7, 3), "no 7 different orders of 3"),
        (lambda: jigsaw_permutations(1, 0), "no 1 different"),
        (lambda: jigsaw_task(images[..., :5], order), "square images"),
        (lambda: jigsaw_task(images, torch.arange(3)[None]), r"orders \(p, g\^2\)"),
        (lambda: jigsaw_task(images, order[0]), "orders"),
        (lambda: jigsaw_task(images, torch.zeros(1, 4, dtype=torch.long)), "hold 0..3 once"),
        (lambda: colorization_task(images[:, :1]), "needs 3 channels, got 1"),
        (lambda: inpainting_task(images, 7), r"1\.\.6"),
        (lambda: nsp_pairs([["a", "b"], []]), "at least two documents"),
        (lambda: nsp_pairs([["a"], ["b"]]), "no document has two sentences"),
        (lambda: causal_lm_pairs(torch.ones(2, 1).long()), "t at least 2"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="floating-point"):
        rotation_task(images.long())

"""Encodings of scikit-learn and pandas-like counting; a network taken apart."""

import pytest
import torch
from sklearn.preprocessing import TargetEncoder
from torch.nn import functional as F

from dlcore.applications import TabularNet, target_encode
from tests.parity import assert_close


@pytest.mark.reference(
    "sklearn.preprocessing.TargetEncoder", of="dlcore.applications.target_encode"
)
def test_the_encoder_of_scikit_learn(generator):
    categories = torch.randint(6, (60,), generator=generator)
    y = torch.randn(60, dtype=torch.float64, generator=generator) + categories
    for smoothing in (0.0, 3.0):
        encoder = TargetEncoder(smooth=smoothing, target_type="continuous")
        theirs = encoder.fit(categories[:, None].numpy(), y.numpy())
        expected = theirs.transform(categories[:, None].numpy())[:, 0]
        assert_close(target_encode(categories, y, smoothing=smoothing, folds=None), expected)


@pytest.mark.reference("means of the other parts", of="dlcore.applications.target_encode")
def test_a_row_never_sees_its_own_target(generator):
    categories = torch.arange(40) // 2
    y = torch.randn(40, dtype=torch.float64, generator=generator)

    def encode(y):
        return target_encode(
            categories, y, smoothing=1.0, folds=40, generator=torch.Generator().manual_seed(1)
        )

    expected = torch.empty_like(y)
    for i in range(40):
        partner, rest = i ^ 1, torch.arange(40) != i
        expected[i] = (y[partner] + y[rest].mean()) / 2
    assert_close(encode(y), expected)
    alone = target_encode(torch.arange(40), y, folds=40, generator=generator)
    assert_close(alone, (y.sum() - y) / 39)
    noise = torch.randn(40, dtype=torch.float64, generator=generator)
    leak = target_encode(torch.arange(40), noise, smoothing=0.0, folds=None)
    assert_close(leak, noise)


@pytest.mark.reference("torch.nn.functional.linear", of="dlcore.applications.TabularNet")
def test_a_network_taken_apart(generator):
    torch.manual_seed(0)
    model = TabularNet(3, (5, 40), outputs=2, hidden=(7,)).eval()
    assert [e.embedding_dim for e in model.embeddings] == [3, 16]
    numbers = torch.randn(11, 3, generator=generator)
    categories = torch.randint(5, (11, 2), generator=generator)
    columns = [numbers / (1 + 1e-5) ** 0.5]
    columns += [model.embeddings[i].weight[categories[:, i]] for i in range(2)]
    h = F.linear(torch.cat(columns, 1), model.layers[0].weight, model.layers[0].bias).relu()
    expected = F.linear(h, model.layers[3].weight, model.layers[3].bias)
    assert_close(model(numbers, categories), expected, rtol=1e-4, atol=1e-5)
    assert TabularNet(0, (4,), embedding_dim=2)(numbers[:, :0], categories[:, :1] % 4).shape == (
        11,
        1,
    )
    assert TabularNet(3)(numbers).shape == (11, 1)


@pytest.mark.bad_input
def test_what_does_not_fit():
    c, y = torch.tensor([0, 1, 1]), torch.ones(3)
    for call, message in (
        (lambda: target_encode(c[:2], y), "one category per target"),
        (lambda: target_encode(c - 1, y, folds=None), "at least 0"),
        (lambda: target_encode(c, y, smoothing=-1.0), "at least 0"),
        (lambda: target_encode(c, y, folds=4), "between 2 and 3"),
        (lambda: TabularNet(0), "expected columns"),
        (lambda: TabularNet(2)(torch.zeros(4, 3)), "expected 2 numeric"),
        (lambda: TabularNet(3, (5,))(torch.zeros(4, 3)), "1 categorical columns, got 3 and 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

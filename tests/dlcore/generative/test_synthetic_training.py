"""Training on samples: what scikit-learn's classifiers get, on data made for the answer."""

import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from dlcore.generative import train_on_synthetic_test_on_real


def gaussians(n, generator, gap=2.0):
    y = torch.arange(n) % 2
    return torch.randn(n, 2, generator=generator) + gap * y[:, None], y


@pytest.mark.reference(
    "sklearn.neighbors.KNeighborsClassifier",
    of="dlcore.generative.train_on_synthetic_test_on_real",
)
@pytest.mark.reference("labels by chance", of="dlcore.generative.SyntheticTraining")
def test_accuracies(generator):
    made, train, test = (gaussians(200, generator) for _ in range(3))
    model = KNeighborsClassifier(7)
    found = train_on_synthetic_test_on_real(made, train, test, classifier=model)
    pairs = [tuple(part.numpy() for part in pair) for pair in (made, train)]
    both = tuple(torch.cat(parts).numpy() for parts in zip(made, train, strict=True))
    expected = [
        KNeighborsClassifier(7).fit(*pair).score(test[0].numpy(), test[1].numpy())
        for pair in (*pairs, both)
    ]
    assert tuple(found) == pytest.approx(expected)
    assert not hasattr(model, "classes_")
    wrong = (made[0], torch.randint(0, 2, (200,), generator=generator))
    found = train_on_synthetic_test_on_real(wrong, train, test)
    assert found.synthetic < 0.7 < found.real


@pytest.mark.bad_input
def test_bad_input():
    X, y = torch.zeros(4, 2), torch.tensor([0, 1, 0, 1])
    with pytest.raises(ValueError, match="train must be"):
        train_on_synthetic_test_on_real((X, y), (X, y[:2]), (X, y))
    with pytest.raises(ValueError, match="features differ"):
        train_on_synthetic_test_on_real((X, y), (X[:, :1], y), (X, y))

"""The engine at work: a network for handwritten digits, trained without torch.autograd."""

import pytest
import torch
from jaxtyping import config
from sklearn.datasets import load_digits

from dlcore.autograd import Value


def cross_entropy(logits, y):
    return -logits.log_softmax(dim=1)[torch.arange(len(y)), y].mean()


@pytest.fixture
def unchecked():
    """The shape checker off for this test, whose many small operations it would slow tenfold."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


@pytest.mark.usefixtures("unchecked")
def test_a_multilayer_perceptron_learns_the_digits(generator):
    X, y = (torch.from_numpy(a) for a in load_digits(return_X_y=True))
    X = (X / 16).float()
    order = torch.randperm(len(X), generator=generator)
    train, test = order[:1437], order[1437:]
    W1 = Value(torch.randn(64, 64, generator=generator) * (2 / 64) ** 0.5)
    W2 = Value(torch.randn(10, 64, generator=generator) * (1 / 64) ** 0.5)
    b1, b2 = Value(torch.zeros(64)), Value(torch.zeros(10))
    parameters = [W1, b1, W2, b2]

    def logits(X):
        return (X @ W1.T + b1).relu() @ W2.T + b2

    def gradient_step(rows, learning_rate):
        for parameter in parameters:
            parameter.zero_grad()
        cross_entropy(logits(X[rows]), y[rows]).backward()
        for parameter in parameters:
            parameter.data -= learning_rate * parameter.grad

    start = cross_entropy(logits(X[train]), y[train]).item()
    for _ in range(12):
        for rows in torch.randperm(len(train), generator=generator).split(64):
            gradient_step(train[rows], learning_rate=0.5)
    end = cross_entropy(logits(X[train]), y[train]).item()
    accuracy = (logits(X[test]).data.argmax(dim=1) == y[test]).double().mean().item()
    assert start > 2.0
    assert end < 0.15
    assert accuracy > 0.93
    assert not any(parameter.data.requires_grad for parameter in parameters)

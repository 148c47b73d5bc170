"""What is compared: for each name the peer, and a function that makes both calls for a device."""

import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn

import dlcore.nn as ours
from benchmarks.attention import ATTENTION
from benchmarks.classical import CLASSICAL
from benchmarks.classical_ensembles import CLASSICAL_ENSEMBLES
from benchmarks.convolution import CONVOLUTION
from benchmarks.evaluation import EVALUATION
from benchmarks.linear_algebra import LINEAR_ALGEBRA
from benchmarks.optimizers import OPTIMIZERS
from benchmarks.recurrent import RECURRENT
from dlcore.data import load_digits
from dlcore.training import fit

Pair = tuple[Callable[[], object], Callable[[], object]]


def _forward_and_backward(f: Callable[[Tensor], Tensor], x: Tensor) -> Callable[[], object]:
    return lambda: torch.autograd.grad(f(x).sum(), x)


def _function(mine: Callable, peer: Callable) -> Callable[[torch.device], Pair]:
    def make(device: torch.device) -> Pair:
        x = torch.randn(1024, 1024, device=device, requires_grad=True)
        return _forward_and_backward(mine, x), _forward_and_backward(peer, x)

    return make


def _cross_entropy(device: torch.device) -> Pair:
    logits = torch.randn(4096, 1000, device=device, requires_grad=True)
    y = torch.randint(1000, (4096,), device=device)
    return (
        _forward_and_backward(lambda z: ours.cross_entropy(z, y), logits),
        _forward_and_backward(lambda z: nn.functional.cross_entropy(z, y), logits),
    )


def _mlp(device: torch.device) -> Pair:
    mine = ours.MLP([784, 512, 512, 10], device=device)
    peer = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    ).to(device)
    peer.load_state_dict(mine.state_dict())
    x = torch.randn(256, 784, device=device, requires_grad=True)
    return _forward_and_backward(mine, x), _forward_and_backward(peer, x)


def _manual_backpropagation(device: torch.device) -> Pair:
    model = ours.MLP([64, 128, 128, 10], activation="tanh", device=device)
    weights = [layer.weight for layer in model.linear_layers]
    biases = [layer.bias for layer in model.linear_layers]
    X = torch.randn(256, 64, device=device)
    y = torch.randint(10, (256,), device=device)

    def by_hand() -> object:
        with torch.no_grad():
            cache = ours.forward_propagation(X, weights, biases, "tanh", "softmax")
            gradients = ours.backpropagation(cache, y, "cross_entropy").parameters
            return [gradient for pair in gradients for gradient in pair]

    def by_autograd() -> object:
        loss = nn.functional.cross_entropy(model(X), y)
        return torch.autograd.grad(loss, list(model.parameters()))

    return by_hand, by_autograd


def _training(device: torch.device) -> Pair:
    from sklearn.neural_network import MLPClassifier

    train = load_digits().train
    X, y = train.X.to(device), train.y.to(device)
    arrays = train.X.numpy(), train.y.numpy()

    def with_fit() -> object:
        model = ours.MLP([64, 64, 10], device=device)
        optimizer = torch.optim.Adam(model.parameters())
        return fit(
            model, X, y, loss=ours.cross_entropy, optimizer=optimizer, epochs=5, batch_size=64,
            progress=False,
        )  # fmt: skip

    def with_scikit_learn() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return MLPClassifier((64,), batch_size=64, max_iter=5, alpha=0.0).fit(*arrays)

    return with_fit, with_scikit_learn


COMPARISONS: dict[str, tuple[str, Callable[[torch.device], Pair]]] = {
    "softmax, forward and backward": (
        "torch.softmax",
        _function(lambda x: ours.softmax(x, dim=-1), lambda x: torch.softmax(x, dim=-1)),
    ),
    "gelu, forward and backward": (
        "torch.nn.functional.gelu",
        _function(ours.gelu, nn.functional.gelu),
    ),
    "elu, forward and backward": (
        "torch.nn.functional.elu",
        _function(ours.elu, nn.functional.elu),
    ),
    "cross-entropy, forward and backward": ("F.cross_entropy", _cross_entropy),
    "MLP, forward and backward": ("torch.nn.Sequential", _mlp),
    "backpropagation by hand": ("torch.autograd", _manual_backpropagation),
    "five epochs on the digits": ("sklearn MLPClassifier", _training),
    **LINEAR_ALGEBRA,
    **CLASSICAL,
    **CLASSICAL_ENSEMBLES,
    **OPTIMIZERS,
    **CONVOLUTION,
    **ATTENTION,
    **RECURRENT,
    **EVALUATION,
}

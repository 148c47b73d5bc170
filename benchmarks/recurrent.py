"""Recurrent layers beside torch's fused ones; backpropagation through time by hand and by graph."""

from collections.abc import Callable

import torch
from torch import nn

import dlcore.nn as ours

Pair = tuple[Callable[[], object], Callable[[], object]]
BATCH, LENGTH, INPUTS, HIDDEN = 32, 64, 64, 128


def _layer(name: str) -> Callable[[torch.device], Pair]:
    def make(device: torch.device) -> Pair:
        mine = getattr(ours, name)(INPUTS, HIDDEN, device=device)
        peer = getattr(nn, name)(INPUTS, HIDDEN, batch_first=True, device=device)
        peer.load_state_dict(mine.state_dict())
        X = torch.randn(BATCH, LENGTH, INPUTS, device=device, requires_grad=True)

        def call(layer: nn.Module) -> Callable[[], object]:
            weights = [X, *layer.parameters()]
            return lambda: torch.autograd.grad(layer(X)[0].mean(dim=(0, 1)).sum(), weights)

        return call(mine), call(peer)

    return make


def _bptt(device: torch.device) -> Pair:
    weights = ours.RNNWeights(
        *(w.to(device).requires_grad_() for w in ours.draw_rnn_weights(INPUTS, HIDDEN, 10))
    )
    X = torch.randn(BATCH, LENGTH, INPUTS, device=device)
    Y = torch.randint(10, (BATCH, LENGTH), device=device)

    def by_autograd() -> object:
        H = ours.rnn_forward(X, weights.W_xh, weights.W_hh, weights.b_h)
        logits = H @ weights.W_hy.T + weights.b_y
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), Y.flatten()) * LENGTH
        return torch.autograd.grad(loss, weights)

    return lambda: ours.bptt(weights, X, Y).gradients, by_autograd


RECURRENT: dict[str, tuple[str, Callable[[torch.device], Pair]]] = {
    "RNN, forward and backward": ("torch.nn.RNN", _layer("RNN")),
    "GRU, forward and backward": ("torch.nn.GRU", _layer("GRU")),
    "LSTM, forward and backward": ("torch.nn.LSTM", _layer("LSTM")),
    "backpropagation through time by hand": ("torch.autograd", _bptt),
}

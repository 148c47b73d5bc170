"""Attention, the layers around it, and decoding with a cache, beside torch's own on one input."""

from collections.abc import Callable

import torch
from torch.nn import functional as F

import dlcore.nn as ours
from dlcore.models import TransformerLM

Pair = tuple[Callable[[], object], Callable[[], object]]
BATCH, HEADS, LENGTH, WIDTH = 2, 4, 512, 256


def _function(mine: Callable) -> Callable[[torch.device], Pair]:
    def make(device: torch.device) -> Pair:
        shape = (3, BATCH, HEADS, LENGTH, WIDTH // HEADS)
        tensors = torch.randn(shape, device=device).requires_grad_().unbind()

        def call(attention: Callable) -> Callable[[], object]:
            return lambda: torch.autograd.grad(attention(*tensors, is_causal=True).sum(), tensors)

        return call(mine), call(F.scaled_dot_product_attention)

    return make


def _encoder_layer(device: torch.device) -> Pair:
    sizes = (WIDTH, HEADS, 4 * WIDTH, 0.0)
    mine = ours.TransformerEncoderLayer(*sizes).to(device)
    peer = torch.nn.TransformerEncoderLayer(*sizes, batch_first=True).to(device)
    peer.load_state_dict(mine.state_dict())
    x = torch.randn(BATCH, LENGTH, WIDTH, device=device, requires_grad=True)

    def call(layer: torch.nn.Module) -> Callable[[], object]:
        return lambda: torch.autograd.grad(layer(x).sum(), [x, *layer.parameters()])

    return call(mine), call(peer)


def _cached_decoding(device: torch.device) -> Pair:
    model = TransformerLM(64, d_model=WIDTH, nhead=HEADS, max_len=128).to(device).eval()

    def write(step: Callable) -> Callable[[], object]:
        def call() -> object:
            prefixes = torch.zeros(1, 1, dtype=torch.long, device=device)
            with torch.no_grad():
                while prefixes.shape[1] < 128:
                    prefixes = torch.cat([prefixes, step(prefixes).argmax(-1, keepdim=True)], 1)
            return prefixes

        return call

    return write(model.stepper()), write(lambda prefixes: model(prefixes)[:, -1])


ATTENTION: dict[str, tuple[str, Callable[[torch.device], Pair]]] = {
    "attention, forward and backward": (
        "torch.nn.functional",
        _function(ours.scaled_dot_product_attention),
    ),
    "attention in blocks, with backward": (
        "torch.nn.functional",
        _function(lambda q, k, v, **how: ours.flash_attention(q, k, v, block_size=128, **how)),
    ),
    "encoder layer, forward and backward": ("torch.nn", _encoder_layer),
    "128 tokens with a cache": ("the same without a cache", _cached_decoding),
}

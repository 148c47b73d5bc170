"""Momentum contrast: a slow copy of the encoder, and a queue of what it said."""

import copy

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.representation.contrastive import info_nce_loss


@torch.no_grad()
def ema_update(target: nn.Module, source: nn.Module, momentum: float) -> None:
    r"""Move a slow network a little towards a fast one.

    $\theta' \leftarrow m \theta' + (1 - m) \theta$ for all parameters.

    Args:
        target: the slow network, changed in place; its buffers, such as running means, become
            copies of the source's.
        source: the fast network, of the same parts.
        momentum: m, in [0, 1]; half of the way is gone after log 0.5 / log m steps.

    Raises:
        ValueError: a momentum outside [0, 1], networks of different parts.

    Equation: :eq:`eq-momentum-encoder`.
    Section: :ref:`sec-moco`.

    Source: He, Fan, Wu, Xie, Girshick (2020), Momentum contrast for unsupervised visual
        representation learning, arXiv:1911.05722.

    Example:
        >>> slow, fast = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
        >>> _ = nn.init.zeros_(slow.weight), nn.init.ones_(fast.weight)
        >>> ema_update(slow, fast, momentum=0.9)
        >>> round(slow.weight.item(), 4)
        0.1

    In production: torch.optim.swa_utils.AveragedModel with get_ema_multi_avg_fn.
    """
    if not 0 <= momentum <= 1:
        raise ValueError(f"the momentum must lie in [0, 1], got {momentum}")
    for kind in ("named_parameters", "named_buffers"):
        slow, fast = dict(getattr(target, kind)()), dict(getattr(source, kind)())
        if {k: x.shape for k, x in slow.items()} != {k: x.shape for k, x in fast.items()}:
            raise ValueError(f"the networks differ: {list(slow)} and {list(fast)}, or their shapes")
        for name, x in slow.items():
            x.lerp_(fast[name], 1 - momentum) if kind == "named_parameters" else x.copy_(fast[name])


def slow_copy(*parts: nn.Module) -> nn.Sequential:
    """Copies of networks in a row that no optimizer moves."""
    return copy.deepcopy(nn.Sequential(*parts)).requires_grad_(False)


class FeatureQueue(nn.Module):
    """The last vectors that were put in: first in, first out.

    Args:
        size: how many are kept.
        dim: their length, d.

    Raises:
        ValueError: sizes below 1; in `push`, vectors of another length.

    Section: :ref:`sec-moco`.

    Source: He, Fan, Wu, Xie, Girshick (2020), arXiv:1911.05722.

    Example:
        >>> queue = FeatureQueue(3, dim=1)
        >>> queue.push(torch.tensor([[1.0], [2.0]]))
        >>> queue.push(torch.tensor([[3.0], [4.0]]))
        >>> queue.features().flatten().tolist(), len(queue)
        ([2.0, 3.0, 4.0], 3)

    In production: lightly.models.modules.memory_bank.MemoryBankModule.
    """

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        if size < 1 or dim < 1:
            raise ValueError(f"size and dim must be at least 1, got {size} and {dim}")
        self.storage: Tensor
        self.pushed: Tensor
        self.register_buffer("storage", torch.zeros(size, dim))
        self.register_buffer("pushed", torch.zeros((), dtype=torch.int64))

    def __len__(self) -> int:
        """How many vectors it holds."""
        return min(int(self.pushed), len(self.storage))

    @torch.no_grad()
    def push(self, keys: Float[Tensor, "n d"]) -> None:
        """Put vectors in, in their order, without gradient; the oldest leave."""
        size, dim = self.storage.shape
        if keys.ndim != 2 or keys.shape[1] != dim:
            raise ValueError(f"the queue takes vectors (n, {dim}), got {tuple(keys.shape)}")
        end = int(self.pushed) + len(keys)
        kept = keys[-size:]
        places = torch.arange(end - len(kept), end, device=keys.device) % size
        self.storage[places] = kept.to(self.storage)
        self.pushed.fill_(end)

    def features(self) -> Float[Tensor, "m d"]:
        """What it holds, the oldest first, shape (at most size, d); a copy."""
        n = len(self)
        start = int(self.pushed) - n
        places = torch.arange(start, start + n, device=self.storage.device) % len(self.storage)
        return self.storage[places]


class MoCo(nn.Module):
    """Which of many old vectors is the other view? A slow encoder makes them, a queue keeps them.

    So the number of negatives does not depend on the batch. As long as the queue is empty, the
    other examples of the batch are the negatives.

    Args:
        encoder: maps a batch of examples to features, (b, ...) to (b, h).
        head: maps features to the vectors that are compared, (b, h) to (b, d).
        dim: d.
        queue_size: how many vectors are kept.
        momentum: m of the slow encoder.
        temperature: tau, positive.

    Attributes:
        encoder: what is used afterwards.
        keys: the slow copy of encoder and head.
        queue: a `FeatureQueue`; it grows in training mode only.

    Raises:
        ValueError: sizes, momentum or temperature out of range; in use, views that do not fit.

    Equations: :eq:`eq-info-nce`, :eq:`eq-momentum-encoder`.
    Section: :ref:`sec-moco`.

    Source: He, Fan, Wu, Xie, Girshick (2020), arXiv:1911.05722; with the head of Chen, Fan,
        Girshick, He (2020), arXiv:2003.04297; without the shuffling of batches between devices.

    Example:
        >>> model = MoCo(nn.Linear(5, 4), nn.Linear(4, 3), dim=3, queue_size=8)
        >>> x = torch.randn(6, 5)
        >>> model(x, x + 0.1).ndim, len(model.queue)
        (0, 6)

    In production: lightly.models.modules.MoCoProjectionHead and lightly.loss.NTXentLoss with a
    memory bank.
    """

    def __init__(
        self,
        encoder: nn.Module,
        head: nn.Module,
        *,
        dim: int,
        queue_size: int = 1024,
        momentum: float = 0.99,
        temperature: float = 0.2,
    ) -> None:
        super().__init__()
        if not 0 <= momentum <= 1 or not temperature > 0:
            raise ValueError(
                "expected a momentum in [0, 1] and a positive temperature, got "
                f"{momentum} and {temperature}"
            )
        self.encoder, self.head = encoder, head
        self.keys = slow_copy(encoder, head)
        self.queue = FeatureQueue(queue_size, dim)
        self.momentum, self.temperature = momentum, temperature

    def forward(
        self, view1: Float[Tensor, "b ..."], view2: Float[Tensor, "b ..."]
    ) -> Float[Tensor, ""]:
        """The loss of finding the second view's slow vector, by the first view's fast one."""
        query = self.head(self.encoder(view1))
        with torch.no_grad():
            key = F.normalize(self.keys(view2))
        negatives = self.queue.features() if len(self.queue) else None
        loss = info_nce_loss(query, key, negatives, temperature=self.temperature)
        if self.training:
            self.queue.push(key)
        return loss

    def update_target(self) -> None:
        """Let the slow encoder follow, after a step of the optimizer."""
        ema_update(self.keys, nn.Sequential(self.encoder, self.head), self.momentum)

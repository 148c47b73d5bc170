"""News that spreads along the edges of a graph, each with its chance."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.graphical.message_passing import check_edges, check_nodes


def _live_edges(
    edge_index: Tensor,
    p: float | Tensor,
    num_nodes: int,
    samples: int,
    generator: torch.Generator | None,
) -> Bool[Tensor, "samples e"]:
    """Which edges would pass the news on, for each sample."""
    check_edges(edge_index, num_nodes)
    chances = torch.as_tensor(p, device=edge_index.device)
    if chances.ndim and chances.shape != edge_index.shape[1:]:
        raise ValueError(f"expected one chance, or one for each edge, got {tuple(chances.shape)}")
    if samples < 1 or not bool(((chances >= 0) & (chances <= 1)).all()):
        raise ValueError(f"chances must lie in [0, 1] and samples be at least 1, got {samples}")
    shape = (samples, edge_index.shape[1])
    return torch.rand(shape, generator=generator, device=edge_index.device) < chances


def _reached(
    live: Bool[Tensor, "samples e"], edge_index: Tensor, reached: Bool[Tensor, "samples n"]
) -> Bool[Tensor, "samples n"]:
    """Everyone whom live edges connect with those who know it at first."""
    senders, receivers = edge_index
    while True:
        heard = (reached[:, senders] & live).to(torch.int32)
        count = heard.new_zeros(reached.shape).index_add(1, receivers, heard)
        more = reached | (count > 0)
        if torch.equal(more, reached):
            return reached
        reached = more


def independent_cascade(
    edge_index: Int[Tensor, "2 e"],
    p: float | Float[Tensor, " e"],
    seeds: Sequence[int] | Int[Tensor, " s"],
    num_nodes: int,
    *,
    samples: int = 1000,
    generator: torch.Generator | None = None,
) -> Bool[Tensor, "samples n"]:
    """Let news spread: whoever hears it tries once to pass it along each edge.

    Each edge succeeds or fails on its own, so that all can be drawn beforehand; who is reached is
    then who hangs on the seeds by edges that succeed.

    Args:
        edge_index: news goes from row 0 to row 1, shape (2, e).
        p: the chance of each edge, one for all or shape (e,).
        seeds: the nodes that know it at first.
        num_nodes: n.
        samples: how many cascades.
        generator: source of the draws, on the device of the edges; by default torch's global one.

    Returns:
        Who knows it in the end, shape (samples, n).

    Raises:
        ValueError: chances outside [0, 1] or of another number, no sample, edges of another shape,
            nodes that do not exist.

    Equation: :eq:`eq-independent-cascade`.
    Section: :ref:`sec-social-graphs`.

    Source: Kempe, Kleinberg, Tardos (2003), Maximizing the spread of influence through a social
        network, doi:10.1145/956750.956769.

    Example:
        >>> path = torch.tensor([[0, 1], [1, 2]])
        >>> independent_cascade(path, 1.0, [1], 3, samples=2)
        tensor([[False,  True,  True],
                [False,  True,  True]])

    In production: the package ndlib.
    """
    live = _live_edges(edge_index, p, num_nodes, samples, generator)
    first = torch.zeros(samples, num_nodes, dtype=torch.bool, device=edge_index.device)
    nodes = torch.as_tensor(seeds, dtype=torch.long, device=edge_index.device)
    check_nodes(nodes, num_nodes)
    first[:, nodes] = True
    return _reached(live, edge_index, first)


def greedy_seeds(
    edge_index: Int[Tensor, "2 e"],
    p: float | Float[Tensor, " e"],
    k: int,
    num_nodes: int,
    *,
    samples: int = 1000,
    generator: torch.Generator | None = None,
) -> list[int]:
    """Choose whom to tell first: one after another whoever adds most to the mean reach.

    The reach has diminishing returns, so that this gets at least 63 percent of the best choice's,
    up to the noise of the samples; all choices are judged on the same ones.

    Args:
        edge_index: news goes from row 0 to row 1, shape (2, e).
        p: the chance of each edge, one for all or shape (e,).
        k: how many seeds.
        num_nodes: n.
        samples: how many cascades.
        generator: source of the draws, on the device of the edges; by default torch's global one.

    Returns:
        The seeds in the order in which they were chosen; of equals the smallest number.

    Raises:
        ValueError: k outside 0..n, and what `independent_cascade` rejects.

    Section: :ref:`sec-social-graphs`.

    Source: Kempe, Kleinberg, Tardos (2003), Maximizing the spread of influence through a social
        network, doi:10.1145/956750.956769.

    Example:
        >>> star_and_pair = torch.tensor([[0, 0, 0, 4], [1, 2, 3, 5]])
        >>> greedy_seeds(star_and_pair, 1.0, 2, 6)
        [0, 4]

    In production: this with CELF's lazy evaluation.
    """
    if not 0 <= k <= num_nodes:
        raise ValueError(f"k must lie in 0..{num_nodes}, got {k}")
    live = _live_edges(edge_index, p, num_nodes, samples, generator)
    everyone = torch.eye(num_nodes, dtype=torch.bool, device=edge_index.device)
    reach = torch.stack([_reached(live, edge_index, row.expand(samples, -1)) for row in everyone])
    known = torch.zeros_like(reach[0])
    seeds: list[int] = []
    for _ in range(k):
        gain = (reach & ~known).sum((1, 2))
        gain[seeds] = -1
        seeds.append(int(gain.argmax()))
        known |= reach[seeds[-1]]
    return seeds

"""Training where the data stay: federated averaging."""

import copy
from collections.abc import Callable, Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]
State = dict[str, Tensor]


def fed_avg(states: Sequence[Mapping[str, Tensor]], sizes: Sequence[int]) -> State:
    r"""The mean of clients' weights, each counting as its number of examples.

    Args:
        states: state dicts of one architecture, one a client.
        sizes: how many examples each client has, $n_k$, positive.

    Returns:
        $\sum_k \frac{n_k}{n} w_k$ by name; counters (integers) are averaged and rounded.

    Raises:
        ValueError: no clients, another number of sizes, sizes below 1, or states that differ in
            names or shapes.

    Equation: :eq:`eq-fed-avg`.
    Section: :ref:`sec-federated-learning`.

    Source: McMahan, Moore, Ramage, Hampson, Agüera y Arcas (2017), Communication-efficient learning
        of deep networks from decentralized data, arXiv:1602.05629.

    Example:
        >>> fed_avg([{"w": torch.zeros(2)}, {"w": torch.ones(2)}], [1, 3])["w"]
        tensor([0.7500, 0.7500])

    In production: flwr.server.strategy.FedAvg.
    """
    if not states or len(states) != len(sizes) or min(sizes) < 1:
        raise ValueError(f"a size of at least 1 per client: {len(states)} and {tuple(sizes)}")
    first = states[0]
    for state in states[1:]:
        if {n: t.shape for n, t in state.items()} != {n: t.shape for n, t in first.items()}:
            raise ValueError("clients' states differ in names or shapes")
    shares = [size / sum(sizes) for size in sizes]

    def mean(name: str) -> Tensor:
        parts = [share * s[name].double() for share, s in zip(shares, states, strict=True)]
        total = torch.stack(parts).sum(0)
        return (total if first[name].is_floating_point() else total.round()).to(first[name].dtype)

    return {name: mean(name) for name in first}


def local_training(
    model: nn.Module, X: Float[Tensor, "n ..."], y: Tensor, loss: Loss, *, lr: float, steps: int = 1
) -> State:
    """A client's work: full-batch gradient steps on its own examples, on a copy of the model.

    Args:
        model: where to start; it is not changed.
        X: the client's examples, shape (n, ...).
        y: their targets, shape (n, ...).
        loss: from outputs and targets to a number.
        lr: step size, above 0.
        steps: how many, at least 1.

    Returns:
        The copy's state dict.

    Raises:
        ValueError: numbers of examples and targets differ, or lr or steps out of range.

    Equation: :eq:`eq-fed-avg`.
    Section: :ref:`sec-federated-learning`.

    Source: McMahan et al. (2017), arXiv:1602.05629.

    Example:
        >>> model = nn.Linear(2, 1)
        >>> state = local_training(
        ...     model, torch.ones(3, 2), torch.ones(3, 1), nn.functional.mse_loss, lr=0.1)
        >>> list(state)
        ['weight', 'bias']

    In production: flwr.client.NumPyClient.fit.
    """
    if len(X) != len(y) or not len(X) or lr <= 0 or steps < 1:
        raise ValueError(
            f"one target per example, lr above 0 and at least 1 step: got {len(X)} and {len(y)}, "
            f"{lr}, {steps}"
        )
    own = copy.deepcopy(model)
    optimizer = torch.optim.SGD(own.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(own(X), y).backward()
        optimizer.step()
    return own.state_dict()


def fed_avg_round(
    model: nn.Module,
    clients: Sequence[tuple[Tensor, Tensor]],
    loss: Loss,
    *,
    lr: float,
    steps: int = 1,
) -> None:
    """One round of federated averaging, in place: every client trains, the server averages.

    With one step a round it is gradient descent on all examples together. With more, clients walk
    towards their own optima before they are averaged (client drift): fewer messages, and another
    result.

    Args:
        model: the server's model.
        clients: examples and targets of each client.
        loss: the mean over a batch, as `F.mse_loss` or `F.cross_entropy`.
        lr: the clients' step size.
        steps: local steps of each.

    Raises:
        ValueError: as in `local_training` and `fed_avg`.

    Equation: :eq:`eq-fed-avg`, :eq:`eq-client-drift`.
    Section: :ref:`sec-federated-learning`.

    Source: McMahan et al. (2017), arXiv:1602.05629; on drift: Karimireddy et al. (2020), SCAFFOLD,
        arXiv:1910.06378.

    Example:
        >>> model = nn.Linear(1, 1)
        >>> clients = [(torch.ones(2, 1), torch.ones(2, 1)), (torch.ones(4, 1), torch.zeros(4, 1))]
        >>> for _ in range(50):
        ...     fed_avg_round(model, clients, nn.functional.mse_loss, lr=0.2)
        >>> round(model(torch.ones(1)).item(), 3)
        0.333

    In production: flwr.
    """
    states = [local_training(model, X, y, loss, lr=lr, steps=steps) for X, y in clients]
    model.load_state_dict(fed_avg(states, [len(X) for X, _ in clients]))


def fed_avg_fixed_point(
    clients: Sequence[tuple[Tensor, Tensor]],
    *,
    lr: float,
    steps: int = 1,
) -> Float[Tensor, " d"]:
    r"""Where federated averaging comes to rest on least squares, in closed form.

    $\tau$ steps on client k are the affine map $w \mapsto M_k w + c_k$ with $M_k = (I - \eta
    A_k)^\tau$ and $A_k = \frac{2}{n_k} X_k^\top X_k$, as the loss is the mean of squares; the mean
    map rests where $(I - \bar M) w = \bar c$.

    Args:
        clients: inputs (n, d) and targets (n,) of each; a column of ones gives an intercept.
        lr: $\eta$, small enough for the steps not to diverge.
        steps: $\tau$, at least 1; with 1 the rest is the least-squares solution of all examples.

    Returns:
        w, shape (d,).

    Raises:
        ValueError: no clients, shapes that do not fit, or lr or steps out of range.

    Equation: :eq:`eq-client-drift`.
    Section: :ref:`sec-federated-learning`.

    Source: Charles, Konečný (2021), Convergence and accuracy trade-offs in federated learning,
        arXiv:2103.05032.

    Example:
        >>> clients = [(torch.tensor([[1.0]]), torch.tensor([0.0])),
        ...            (torch.tensor([[2.0]]), torch.tensor([2.0]))]
        >>> [round(fed_avg_fixed_point(clients, lr=0.05, steps=s).item(), 3) for s in (1, 10)]
        [0.8, 0.604]

    In production: `fed_avg_round` until nothing changes.
    """
    if not clients or lr <= 0 or steps < 1:
        raise ValueError(f"clients, lr above 0 and at least 1 step: {len(clients)}, {lr}, {steps}")
    n = sum(len(y) for _, y in clients)
    d = clients[0][0].shape[-1]
    maps, shifts = [], []
    for X, y in clients:
        if X.shape != (len(y), d) or y.ndim != 1:
            raise ValueError(f"clients need (n, {d}) and (n,), got {X.shape} and {y.shape}")
        unit = torch.eye(d).to(X)
        step = unit - lr * 2 / len(y) * X.T @ X
        powers = torch.stack([torch.linalg.matrix_power(step, t) for t in range(steps + 1)])
        maps.append(len(y) / n * powers[-1])
        shifts.append(powers[:-1].sum(0) @ (lr * 2 / n * X.T @ y))
    mean_map = torch.stack(maps).sum(0)
    return torch.linalg.solve(torch.eye(d).to(mean_map) - mean_map, torch.stack(shifts).sum(0))

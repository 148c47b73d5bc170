"""The covers of the three parts, each computed: `{part-cover} name` (book/_ext/part_cover.py)."""

import math
from io import StringIO

import torch
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import Tensor, nn

from dlcore.plot import COLORS, use_style

SIZE = (7.2, 2.5)


def foundation(ax: Axes) -> None:
    """300 draws from a Gaussian, its level curves, and the two axes that the draws' SVD finds."""
    generator = torch.Generator().manual_seed(2)
    factor = torch.tensor([[2.6, 0.0], [0.62, 0.5]])
    draws = torch.randn(300, 2, generator=generator) @ factor.T
    ax.plot(*draws.T, ".", color=COLORS["blue"], markersize=4, alpha=0.55)
    turn = torch.linspace(0, 2 * math.pi, 200)
    circle = torch.stack([turn.cos(), turn.sin()])
    for radius in (1, 2, 3):
        ax.plot(*(radius * factor @ circle), color=COLORS["gray"], linestyle="-", linewidth=0.9)
    _, spread, axes = torch.linalg.svd(draws - draws.mean(0), full_matrices=False)
    for length, axis, color in zip(spread / len(draws) ** 0.5, axes, ("red", "brown"), strict=True):
        tip = 2 * length * axis * axis[0].sign()
        ax.annotate(
            "",
            tip.tolist(),
            (0, 0),
            arrowprops={"arrowstyle": "-|>", "color": COLORS[color], "lw": 2},
        )
    ax.set_aspect("equal")


def networks(ax: Axes) -> None:
    """What a network of 32 units says of 60 noisy points, from the first step to the last."""
    generator = torch.Generator().manual_seed(0)
    x = torch.linspace(-3, 3, 60)[:, None]
    curve = (2 * x).sin() * (-0.15 * x**2).exp()
    y = curve + 0.12 * torch.randn(curve.shape, generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    shown = {round(1500 ** (k / 17)) for k in range(18)}
    grid = torch.linspace(-3.2, 3.2, 240)[:, None]
    ax.plot(x, y, "o", color=COLORS["brown"], markersize=3.2, alpha=0.8)
    for step in range(1, 1501):
        optimizer.zero_grad()
        (network(x) - y).square().mean().backward()
        optimizer.step()
        if step in shown:
            age = math.log(step) / math.log(1500)
            line = network(grid).detach()
            ax.plot(
                grid,
                line,
                color=COLORS["blue"],
                linestyle="-",
                alpha=0.12 + 0.88 * age**2,
                lw=0.8 + 1.4 * age**4,
            )
    ax.set_ylim(-1.5, 1.5)


def log_density(z: Tensor) -> Tensor:
    """Of three Gaussians on a wave, up to a constant."""
    centres = torch.tensor([[-3.0, -0.4], [0.0, 0.7], [3.0, -0.4]])
    scales = torch.tensor([[1.2, 0.6], [1.2, 0.55], [1.2, 0.6]])
    return (-0.5 * ((z[:, None] - centres) / scales).square().sum(-1)).logsumexp(-1)


def research(ax: Axes) -> None:
    """The path of a Langevin sampler over the level curves of a density with three hills."""
    generator = torch.Generator().manual_seed(6)
    x, y = torch.linspace(-6, 6, 160), torch.linspace(-2.2, 2.2, 80)
    grid = torch.cartesian_prod(x, y)
    heights = log_density(grid).exp().reshape(160, 80).T
    ax.contour(
        x,
        y,
        heights,
        levels=[0.05, 0.2, 0.4, 0.6, 0.8, 0.95],
        colors=COLORS["gray"],
        linewidths=0.9,
    )
    z, path, step = torch.tensor([[-3.0, -0.4]]), [], 0.2
    for _ in range(1500):
        z.requires_grad_()
        (slope,) = torch.autograd.grad(log_density(z).sum(), z)
        noise = torch.randn(z.shape, generator=generator)
        z = z.detach() + step / 2 * slope + step**0.5 * noise
        path.append(z[0].clone())
    way = torch.stack(path)
    ax.plot(*way.T, color=COLORS["teal"], linewidth=0.5, alpha=0.5)
    ax.plot(*way[::5].T, ".", color=COLORS["violet"], markersize=4, alpha=0.75)
    ax.set_aspect("equal")


COVERS = {"foundation": foundation, "networks": networks, "research": research}


def svg(name: str) -> str:
    """A cover, the same bytes each time."""
    with rc_context():
        use_style()
        figure = Figure(figsize=SIZE, layout="none")
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0, 0, 1, 1))
        COVERS[name](ax)
        ax.set_axis_off()
        file = StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()

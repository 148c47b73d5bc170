"""A black and white image cleaned by an Ising model: neighbouring pixels like to agree."""

import math

import networkx as nx
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad


def _neighbour_sum(s: Tensor) -> Tensor:
    """The sum of the four neighbours of each pixel; there are none beyond the border."""
    p = pad(s, (1, 1, 1, 1))
    return p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:]


def _checkerboard(s: Tensor) -> list[Tensor]:
    """The two halves of the pixels that are not neighbours of their own kind."""
    h, w = s.shape
    even = (torch.arange(h)[:, None] + torch.arange(w)) % 2 == 0
    return [even.to(s.device), ~even.to(s.device)]


class IsingDenoiser:
    r"""The posterior of a clean binary image given one with flipped pixels.

    $-E(\mathbf x) = J \sum_{i \sim j} s_i s_j + \eta \sum_i s_i t_i$ for spins $s$ of the clean and
    $t$ of the noisy image, where $\eta = \frac12 \log\frac{1-p}{p}$.

    Args:
        coupling: J, how much neighbours like to agree; at least 0.
        flip_probability: p of each pixel, in (0, 1/2).

    Attributes:
        coupling: as given.
        field: the strength $\eta$ with which a pixel is held to what was seen.

    Raises:
        ValueError: a negative coupling, or p outside (0, 1/2).

    Equation: :eq:`eq-denoising-field`.
    Section: :ref:`sec-field-denoising`.

    Source: Geman, Geman (1984), doi:10.1109/TPAMI.1984.4767596; Besag (1986), On the statistical
        analysis of dirty pictures, doi:10.1111/j.2517-6161.1986.tb01412.x.

    Example:
        >>> noisy = torch.ones(5, 5, dtype=torch.long)
        >>> noisy[2, 2] = 0
        >>> int(IsingDenoiser(1.0, 0.1).icm(noisy).sum())
        25

    In production: skimage.restoration; PyMaxflow for minimum cuts.
    """

    def __init__(self, coupling: float = 1.0, flip_probability: float = 0.1) -> None:
        if coupling < 0 or not 0 < flip_probability < 0.5:
            raise ValueError(
                "expected coupling >= 0 and flip_probability in (0, 1/2), "
                f"got {coupling} and {flip_probability}"
            )
        self.coupling = coupling
        self.field = 0.5 * math.log((1 - flip_probability) / flip_probability)

    @staticmethod
    def _spins(image: Tensor) -> Tensor:
        if image.ndim != 2 or not bool(((image == 0) | (image == 1)).all()):
            raise ValueError(
                f"expected an image of 0 and 1, shape (h, w), got {tuple(image.shape)}"
            )
        return 2.0 * image - 1

    def energy(self, x: Int[Tensor, "h w"], y: Int[Tensor, "h w"]) -> float:
        """E of a clean image x given the noisy y; lower is more probable."""
        s, t = self._spins(x), self._spins(y)
        pairs = (s * _neighbour_sum(s)).sum() / 2
        return -float(self.coupling * pairs + self.field * (s * t).sum())

    def _log_odds(self, s: Tensor, t: Tensor) -> Tensor:
        """Of spin +1 against -1 at each pixel, given its neighbours."""
        return 2 * (self.coupling * _neighbour_sum(s) + self.field * t)

    def icm(self, y: Int[Tensor, "h w"], *, sweeps: int = 20) -> Int[Tensor, "h w"]:
        """Iterated conditional modes: each pixel takes its better value, until none changes.

        Args:
            y: the noisy image, which is also the start.
            sweeps: the most.

        Returns:
            A local minimum of the energy.
        """
        t = self._spins(y)
        s = t.clone()
        for _ in range(sweeps):
            before = s
            for half in _checkerboard(s):
                odds = self._log_odds(s, t)
                s = torch.where(half & (odds != 0), odds.sign(), s)
            if torch.equal(s, before):
                break
        return (s > 0).long()

    def mean_field(self, y: Int[Tensor, "h w"], *, sweeps: int = 50) -> Float[Tensor, "h w"]:
        """The probability that each pixel is 1, under the best product of independent pixels.

        Args:
            y: the noisy image.
            sweeps: how many.
        """
        t = self._spins(y)
        m = math.tanh(self.field) * t
        for _ in range(sweeps):
            for half in _checkerboard(m):
                m = torch.where(half, (self._log_odds(m, t) / 2).tanh(), m)
        return (1 + m) / 2

    def gibbs(
        self,
        y: Int[Tensor, "h w"],
        *,
        sweeps: int = 100,
        burn_in: int = 20,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "h w"]:
        """The probability that each pixel is 1, from Gibbs sampling of half the board at a time.

        Args:
            y: the noisy image, which is also the start.
            sweeps: how many are averaged.
            burn_in: how many before.
            generator: source of randomness.

        Raises:
            ValueError: no sweep.
        """
        if sweeps < 1 or burn_in < 0:
            raise ValueError(f"expected sweeps >= 1, burn_in >= 0, got {sweeps} and {burn_in}")
        t = self._spins(y)
        s, total = t.clone(), torch.zeros_like(t)
        source = generator.device if generator else t.device
        for sweep in range(burn_in + sweeps):
            for half in _checkerboard(s):
                p = self._log_odds(s, t).sigmoid()
                u = torch.rand(t.shape, generator=generator, device=source).to(t.device)
                s = torch.where(half, torch.where(u < p, 1.0, -1.0), s)
            if sweep >= burn_in:
                total += p.where(half, (s + 1) / 2)
        return total / sweeps

    def minimum_cut(self, y: Int[Tensor, "h w"]) -> Int[Tensor, "h w"]:
        """The image of lowest energy of all, as a minimum cut of a flow network.

        Args:
            y: the noisy image; a few thousand pixels at most, networkx is slow.

        Returns:
            The exact mode of the posterior, which attraction (J at least 0) makes this easy.

        Source: Greig, Porteous, Seheult (1989), Exact maximum a posteriori estimation for binary
            images, doi:10.1111/j.2517-6161.1989.tb01764.x.
        """
        self._spins(y)
        h, w = y.shape
        network = nx.DiGraph()
        for a, b in nx.grid_2d_graph(h, w).edges:
            network.add_edge(a, b, capacity=2 * self.coupling)
            network.add_edge(b, a, capacity=2 * self.coupling)
        for r in range(h):
            for c in range(w):
                ends = ("one", (r, c)) if y[r, c] else ((r, c), "zero")
                network.add_edge(*ends, capacity=2 * self.field)
        network.add_nodes_from(["one", "zero"])
        _, (ones, _) = nx.minimum_cut(network, "one", "zero")
        x = torch.zeros_like(y, dtype=torch.long)
        for r, c in ones - {"one"}:
            x[r, c] = 1
        return x

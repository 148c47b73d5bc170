"""Explorable: learning fills the valleys of an energy landscape where its chains are."""

from collections.abc import Mapping, Sequence

from jaxtyping import Float, Float64, Int, Int64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.step_through import step_through

HEIGHT, IN_A_ROW, ACROSS, UP, TOP = 330, 5, 0.15, 0.55, 16.0
MOST_STATES, MOST_CHAINS, MOST_LEVELS, MOST_METHODS = 61, 200, 21, 2
QUESTION = (
    "The model begins with two valleys, the data are all in the left one. Learning raises the "
    "ground where its chains are. Which way of running the chains gets rid of the valley on the "
    "right?"
)
PREDICTION = "All: what has no data loses probability."

Chains = Int64[Tensor, "steps chains"]


def right_of_middle(landscape: Float64[Tensor, " levels"]) -> float:
    """The probability of the upper half of the levels."""
    p = (-landscape).softmax(0)
    return p[(len(p) + 1) // 2 :].sum().item()


def chains_right(chains: Int64[Tensor, " chains"], levels: int) -> int:
    """How many chains are in the upper half of the levels."""
    return int((chains >= (levels + 1) // 2).sum())


def heap(chains: Sequence[int], landscape: Sequence[float]) -> list[tuple[float, float]]:
    """Places of the chains, those of one level heaped upon it."""
    seen: dict[int, int] = {}
    places = []
    for level in chains:
        k = seen[level] = seen.get(level, -1) + 1
        aside = ACROSS * (k % IN_A_ROW - (IN_A_ROW - 1) / 2)
        places.append((level + aside, landscape[level] + 0.4 + UP * (k // IN_A_ROW)))
    return places


def _panel(method: str, step: int, landscape: Tensor, chains: Tensor) -> Panel:
    levels = len(landscape)
    panel = Panel(
        f"{method}, step {step}",
        (-0.6, levels - 0.4),
        (0, TOP),
        xticks={float(k): str(k) for k in range(0, levels, 2)},
        yticks={float(v): str(v) for v in range(0, int(TOP) + 1, 4)},
        xlabel="units on",
        height=HEIGHT,
    ).legend(black=("—", "−log p"), blue=("●", "chains"))
    panel.line("landscape", range(levels), landscape.tolist(), "black")
    places = heap(chains.tolist(), landscape.tolist())
    spots = panel.points(*zip(*places, strict=True))
    return panel.path("chains", "".join(f"M{spot}h0" for spot in spots), "blue", width=4)


def chains_in_landscape(
    landscapes: Mapping[str, Float[Tensor, "steps levels"]],
    chains: Mapping[str, Int[Tensor, "steps chains"]],
    steps: Sequence[int],
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Landscapes of one or two runs of learning, step by step, with their chains heaped on them.

    The landscape is minus the log-probability of levels such as the number of units on; the chains
    stand on the levels that they are at.

    Args:
        landscapes: by method, a row of minus log-probabilities for each recorded step, 2 to 21
            levels.
        chains: by method, the level of each of up to 200 chains at these steps.
        steps: the numbers of the recorded steps, 2 to 61 of them.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed from the runs.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: other methods, or shapes or levels that do not fit.

    Equation: :eq:`eq-pcd`
    Section: :ref:`sec-persistent-cd`

    Source: Tieleman, Hinton (2009), Using fast weights to improve persistent contrastive
    divergence, doi:10.1145/1553374.1553506.

    Example:
        >>> import torch
        >>> landscape = torch.tensor([[0.5, 4.0, 1.0], [0.1, 4.0, 3.0]])
        >>> chains = torch.tensor([[0, 0, 2], [0, 0, 0]])
        >>> figure = chains_in_landscape({"PCD": landscape}, {"PCD": chains}, [0, 10])
        >>> figure.state["labels"][1]
        'Step 10. PCD: 0.051 of the probability and 0 of 3 chains in the right half.'

    In production: a plot of the chains' energies beside those of the data.
    """
    if not 1 <= len(landscapes) <= MOST_METHODS or list(landscapes) != list(chains):
        raise ValueError(
            f"landscapes and chains must be of the same 1 to {MOST_METHODS} methods, got "
            f"{list(landscapes)} and {list(chains)}"
        )
    heights = {name: v.detach().double().cpu() for name, v in landscapes.items()}
    at = {name: v.detach().long().cpu() for name, v in chains.items()}
    for name in heights:
        shape, count = tuple(heights[name].shape), tuple(at[name].shape)
        if len(shape) != 2 or len(count) != 2 or {shape[0], count[0]} != {len(steps)}:
            raise ValueError(
                f"{name} must have a row for each of {len(steps)} steps, got {shape}, {count}"
            )
        if not (2 <= len(steps) <= MOST_STATES and 2 <= shape[1] <= MOST_LEVELS):
            raise ValueError(
                f"there may be 2 to {MOST_STATES} steps and {MOST_LEVELS} levels, got {shape}"
            )
        if not 1 <= count[1] <= MOST_CHAINS:
            raise ValueError(f"there may be 1 to {MOST_CHAINS} chains, got {count[1]}")
        if at[name].min() < 0 or at[name].max() >= shape[1]:
            raise ValueError(f"levels of chains must lie between 0 and {shape[1] - 1}")

    def word(name: str, k: int) -> str:
        levels = heights[name].shape[1]
        return (
            f"{name}: {right_of_middle(heights[name][k]):.3f} of the probability and "
            f"{chains_right(at[name][k], levels)} of {at[name].shape[1]} chains in the right half."
        )

    labels = [
        " ".join([f"Step {step}.", *(word(name, k) for name in heights)])
        for k, step in enumerate(steps)
    ]
    course = " ".join(
        f"By {name} the right half goes from {right_of_middle(heights[name][0]):.3f} of the "
        f"probability to {right_of_middle(heights[name][-1]):.3f}, with "
        f"{chains_right(at[name][0], heights[name].shape[1])} of its {at[name].shape[1]} chains "
        f"there in the beginning and {chains_right(at[name][-1], heights[name].shape[1])} at the "
        "end."
        for name in heights
    )
    return step_through(
        [
            [_panel(name, step, heights[name][k], at[name][k]) for name in heights]
            for k, step in enumerate(steps)
        ],
        labels,
        question=question,
        prediction=prediction,
        finding=finding
        or f"Only chains that are in a valley fill it. {course} Chains that start at the data each "
        "time never see another valley; chains that go on fill the one in which they sit until "
        "they roll out. A valley that none of them finds stays.",
        alt="Landscapes of minus the log-probability over levels, with dots for the chains of "
        f"{' and '.join(heights)}. {labels[-1]}",
        step="Recorded step",
        start=0,
    )

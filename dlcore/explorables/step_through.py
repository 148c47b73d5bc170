"""Explorable: states computed in Python, to step through in the page."""

import json
from collections.abc import Sequence

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Still

INLINED = 10


def _inside(svg: str) -> str:
    """What stands between the outer tags."""
    return svg[svg.index(">") + 1 : svg.rindex("</svg>")]


def step_through(
    states: Sequence[Sequence[Still]],
    labels: Sequence[str],
    *,
    question: str,
    prediction: str,
    finding: str,
    alt: str,
    step: str = "Step",
    shown: int = -1,
    start: int | None = None,
) -> Explorable:
    """An algorithm's states, one after the other, with a slider and buttons.

    Up to ten states stand in the page as they are; more travel as one compressed text that the
    browser unpacks.

    Args:
        states: for every step its panels or pictures, the same number each time.
        labels: for every step what it shows, read aloud when it is reached.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.
        alt: the still picture in words.
        step: the slider's name.
        shown: index of the state in the still picture.
        start: index of the state that the reader starts with; by default the one shown.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: no states, another number of labels, or states with differing panels.

    Source: Victor (2011), Explorable explanations, worrydream.com.

    Example:
        >>> from dlcore.explorables import Panel
        >>> states = [[Panel(f"x = {k}", (0, 3), (0, 1)).line("x", [k, k], [0, 1], "blue")]
        ...           for k in range(3)]
        >>> words = dict(question="Where?", prediction="Left.", finding="Right.", alt="A line.")
        >>> step_through(states, ["left", "middle", "right"], **words).state["shown"]
        2

    In production: ipywidgets.interact where a kernel runs.
    """
    if not states or len(labels) != len(states):
        raise ValueError(
            f"every state needs a label: got {len(states)} states, {len(labels)} labels"
        )
    counts = {len(panels) for panels in states}
    if len(counts) != 1:
        raise ValueError(f"every state needs the same number of panels, got {sorted(counts)}")
    frames = [[_inside(panel.svg()) for panel in panels] for panels in states]
    text = json.dumps(frames, separators=(",", ":")).encode()
    payload = {"frames": frames} if len(frames) <= INLINED else {"packed": pack(text)}
    return Explorable(
        ("unpack", "step_through"),
        question,
        prediction,
        finding,
        alt,
        states[shown],
        {
            "step": step,
            "labels": list(labels),
            "shown": range(len(states))[shown],
            "start": range(len(states))[shown if start is None else start],
            **payload,
        },
    )

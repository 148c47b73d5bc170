"""Explorable: the gates of an LSTM while it reads a sentence, letter by letter."""

from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dlcore.data import load_text
from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within
from dlcore.nn import LSTM, LSTMGates, set_forget_bias

SCRIPTS = ("unpack", "lstm_gates")
SENTENCE = "if the list is empty, the loop ends."
CELLS, STEPS, ROWS, LENGTH, RATE = 16, 250, 16, 32, 0.02
MOST_LETTERS, MOST_CELLS, HEIGHT = 40, 40, 280
ERASED, KEPT = 0.3, 0.8
QUESTION = (
    "An LSTM has learned to foretell the next letter. At a blank a word is over: what happens then "
    "to the memory, is it erased?"
)
PREDICTION = "The forget gates close at every blank, and the cells start again with the next word."


def _letters() -> str:
    text = load_text().text.lower()
    return " ".join("".join(c if c.isalpha() or c in " .," else " " for c in text).split())


@cache
def trained() -> tuple[LSTM, str]:
    """An LSTM of 16 cells that has read the Python reference, and its alphabet."""
    text = _letters()
    alphabet = "".join(sorted(set(text)))
    numbers = torch.tensor([alphabet.index(c) for c in text])
    rows = numbers[: len(numbers) // ROWS * ROWS].view(ROWS, -1)
    one_hot = torch.eye(len(alphabet), dtype=torch.float64)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        lstm = nn.LSTM(len(alphabet), CELLS, batch_first=True, dtype=torch.float64)
        readout = nn.Linear(CELLS, len(alphabet), dtype=torch.float64)
    set_forget_bias(lstm, 1.0)
    parameters = [*lstm.parameters(), *readout.parameters()]
    adam = torch.optim.Adam(parameters, RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, total_steps=STEPS)
    generator = torch.Generator().manual_seed(1)
    with torch.enable_grad():
        for _ in range(STEPS):
            begin = int(torch.randint(rows.shape[1] - LENGTH - 1, (), generator=generator))
            seen = rows[:, begin : begin + LENGTH + 1]
            logits = readout(lstm(one_hot[seen[:, :-1]])[0])
            adam.zero_grad()
            cross_entropy(logits.flatten(0, 1), seen[:, 1:].flatten()).backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            adam.step()
            schedule.step()
    reader = LSTM(len(alphabet), CELLS, dtype=torch.float64)
    reader.load_state_dict(lstm.state_dict())
    return reader, alphabet


def read(sentence: str) -> LSTMGates:
    """What the gates and cells do at each letter, each of shape (t, 16)."""
    reader, alphabet = trained()
    x = torch.eye(len(alphabet), dtype=torch.float64)[[alphabet.index(c) for c in sentence]]
    return LSTMGates(*(each[0] for each in reader.trace(x[None])))


def erased_at_blanks(gates: LSTMGates, sentence: str) -> tuple[Tensor, Tensor, Tensor]:
    """Which cells close their forget gate at blanks, which keep theirs open, and the means."""
    at = gates.f[[t for t, c in enumerate(sentence) if c == " "]].mean(0)
    return at < ERASED, at > KEPT, at


def _reading(title: str, sentence: str, low: float, high: float) -> Panel:
    room = 0.13 * (high - low)
    ticks = {v: f"{v:g}".replace("-", "−") for v in (low, 0.0, high)}
    t = len(sentence)
    panel = Panel(title, (-0.5, t - 0.5), (low - room, high), yticks=ticks, height=HEIGHT)
    for n, letter in enumerate(sentence):
        panel.label(f"letter{n}", n, low - 0.5 * room, letter if letter != " " else "·", "black")
    return panel


def lstm_gates(
    gates: LSTMGates | None = None,
    sentence: str = SENTENCE,
    letter: int = 6,
    cell: int | None = None,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Forget, input and output gate and the state of one cell, over the letters of a sentence.

    By default the reader is an LSTM of 16 cells, trained for 250 steps to foretell the next letter
    of the Python reference. The page gets its gates and states in thousandths and unpacks them
    when they are first shown.

    Args:
        gates: of another LSTM, as `dlcore.nn.LSTM.trace` gives them, for one sentence: each of
            shape (t, h), up to 40 cells.
        sentence: what was read, 2 to 40 letters, with a blank; without gates, of letters that the
            default reader knows.
        letter: index of the one shown first.
        cell: index of the one shown first; by default the one whose forget gate closes most at
            blanks.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: gates of another shape, a sentence that cannot be read, an index out of range.

    Equation: :eq:`eq-lstm-cell`
    Section: :ref:`sec-lstm`

    Source: Karpathy, Johnson, Fei-Fei (2015), Visualizing and understanding recurrent networks,
    arXiv:1506.02078.

    Example:
        >>> gates = LSTMGates(*torch.full((6, 3, 2), 0.5))
        >>> lstm_gates(gates, "a b", letter=1, cell=0).state["cells"]
        2

    In production: dlcore.nn.LSTM.trace.
    """
    if not 2 <= len(sentence) <= MOST_LETTERS or " " not in sentence:
        raise ValueError(f"give 2 to {MOST_LETTERS} letters with a blank, got {sentence!r}")
    if gates is None:
        unknown = sorted(set(sentence) - set(trained()[1]))
        if unknown:
            raise ValueError(f"the reader does not know {', '.join(map(repr, unknown))}")
        gates = read(sentence)
    shapes = {tuple(each.shape) for each in gates}
    if len(shapes) != 1 or gates.f.ndim != 2 or len(gates.f) != len(sentence):
        raise ValueError(f"gates must be ({len(sentence)}, cells), got shapes {sorted(shapes)}")
    cells = gates.f.shape[1]
    if cells > MOST_CELLS:
        raise ValueError(f"there may be {MOST_CELLS} cells, got {cells}")
    erased, kept, at_blanks = erased_at_blanks(gates, sentence)
    k = int(at_blanks.argmin()) if cell is None else cell
    require_within(0, len(sentence) - 1, letter=letter)
    require_within(0, cells - 1, cell=k)
    f, i, o, c = (each.detach().double().cpu() for each in (gates.f, gates.i, gates.o, gates.c))
    steps = range(len(sentence))

    valves = _reading(f"Gates of cell {k + 1}", sentence, 0.0, 1.0).legend(
        red=("—", "forget"), gold=("- -", "input"), teal=("··", "output")
    )
    state = _reading(f"State of cell {k + 1} (its tanh)", sentence, -1.0, 1.0)
    for panel in (valves, state):
        panel.line("now", [letter, letter], list(panel.y), "gray", width=1.5)
    for part, values, color, dash in (
        ("forget", f, "red", "none"),
        ("input", i, "gold", "6 4"),
        ("output", o, "teal", "2 4"),
    ):
        valves.line(part, steps, values[:, k].tolist(), color, dash=dash)
    state.line("cell", steps, c[:, k].tanh().tolist(), "blue")
    everyone = Panel(
        "Forget gates of all cells at this letter", (-0.5, cells - 0.5), (0, 1),
        xticks={0: "1", cells - 1: str(cells)}, yticks={0: "0", 0.5: "0.5", 1: "1"},
        xlabel="cell", height=HEIGHT,
    )  # fmt: skip
    stems = [
        "M" + "L".join(everyone.points([n, n], [0, v])) for n, v in enumerate(f[letter].tolist())
    ]
    everyone.path("others", "".join(stems), "gray", width=4)
    everyone.path("own", stems[k], "red", width=4)
    everyone.dot("top", k, float(f[letter, k]), "red", width=7)
    thousandths = (1000 * torch.stack([f, i, o, c])).round().numpy().astype(np.dtype("<i2"))
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding
        or f"Only in some cells. Of {cells} cells {int(erased.sum())} close their forget gate at "
        f"blanks, to less than {ERASED} on average: their memory ends with the word. "
        f"{int(kept.sum())} stay above {KEPT} and carry over what they have from word to word; "
        "at 0.9 half of it is left after seven letters. A cell is erased only where the gate is "
        "near 0; what the input gate lets in, often at the same letter, is what the next word "
        "starts with.",
        f"The sentence {sentence!r} with, at each letter, forget, input and output gate of cell "
        f"{k + 1}, its state, and the forget gates of all {cells} cells at letter {letter + 1}, "
        f"where that of cell {k + 1} is {float(f[letter, k]):.2f}.",
        [valves, state, everyone],
        {
            "sentence": sentence,
            "letter": letter,
            "cell": k,
            "cells": cells,
            "packed": pack(thousandths.tobytes()),
        },
    )

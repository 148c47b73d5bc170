"""Explorable: what each head of a small Transformer looks at while it writes."""

import re
from collections.abc import Sequence
from functools import cache

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dlcore.data import Vocab, make_dates
from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within
from dlcore.nn import (
    SinusoidalPositionalEncoding,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
    attention_maps,
    pad_sequences,
)

SCRIPTS = ("attention_heads",)
WRITTEN, ISO, MONTH = "March 14, 2021", "2021-03-14", 5
WIDTH, HEADS, EXAMPLES, STEPS, BATCH, RATE = 32, 4, 4000, 220, 32, 0.01
MOST_HEADS, MOST_TOKENS, LETTERS, THICKEST, HEIGHT = 8, 16, 6, 10, 330
QUESTION = (
    "A small Transformer rewrites dates. Which tokens do its heads look at when the first digit of "
    "the month is written, given that the month is a word? And does each head have a task of its "
    "own?"
)
PREDICTION = "One head looks after the month, the others are busy with year and day."


def _tokens(text: str) -> list[str]:
    """Words, digits and signs."""
    return re.findall(r"[A-Za-z]+|\d|[^\sA-Za-z\d]", text)


class Rewriter(nn.Module):
    """An encoder and a decoder of one layer each, from date to date."""

    def __init__(self, source: Vocab, target: Vocab) -> None:
        super().__init__()
        self.source, self.target = source, target
        self.embedding = nn.Embedding(len(source) + len(target), WIDTH)
        nn.init.normal_(self.embedding.weight)
        self.positions = SinusoidalPositionalEncoding(WIDTH)
        sizes = (WIDTH, HEADS, 2 * WIDTH, 0.0)
        self.encoder = TransformerEncoderLayer(*sizes, norm_first=True)
        self.decoder = TransformerDecoderLayer(*sizes, norm_first=True)
        self.norms = nn.ModuleList([nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)])
        self.output = nn.Linear(WIDTH, len(target))

    def forward(self, x: Int[Tensor, "n t_source"], y: Int[Tensor, "n t"]) -> Tensor:
        """Logits of the token after each position of the target."""
        mask = x != self.source.pad
        memory = self.encoder(self.positions(self.embedding(x)), key_mask=mask)
        embedded = self.positions(self.embedding(y + len(self.source)))
        states = self.decoder(embedded, self.norms[0](memory), memory_key_mask=mask, is_causal=True)
        return self.output(self.norms[1](states))


@cache
def trained() -> Rewriter:
    """The Transformer shown by default, after 220 steps."""
    pairs = make_dates(EXAMPLES, generator=torch.Generator().manual_seed(0))
    sources = [_tokens(text) for text, _ in pairs]
    source, target = Vocab.of(sources), Vocab.of([iso for _, iso in pairs])
    x, _ = pad_sequences([source.encode(tokens) for tokens in sources])
    y = torch.stack([target.encode(iso, bos=True, eos=True) for _, iso in pairs])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Rewriter(source, target).double()
    adam = torch.optim.Adam(model.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, total_steps=STEPS, pct_start=0.1)
    generator = torch.Generator().manual_seed(1)
    with torch.enable_grad():
        for _ in range(STEPS):
            rows = torch.randint(EXAMPLES, (BATCH,), generator=generator)
            logits = model(x[rows], y[rows, :-1])
            adam.zero_grad()
            cross_entropy(logits.flatten(0, 1), y[rows, 1:].flatten()).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            schedule.step()
    return model


@torch.no_grad()
def rewrite(text: str) -> tuple[str, Float[Tensor, "heads t_query t_key"]]:
    """What the model writes, token by token, and the weights of its heads on the source."""
    model = trained()
    x = model.source.encode(_tokens(text))[None]
    y = torch.tensor([[model.target.bos]])
    for _ in ISO:
        y = torch.cat([y, model(x, y)[:, -1].argmax(-1, keepdim=True)], dim=1)
    weights = attention_maps(model, x, y[:, :-1])["decoder.multihead_attn"][0]
    return "".join(model.target.decode(y[0])), weights


def _cut(tokens: Sequence[str]) -> list[str]:
    return [t if len(t) <= LETTERS else t[: LETTERS - 1] + "…" for t in tokens]


def _place(n: int, count: int) -> float:
    return (n + 0.5) / count


def _links(weights: Tensor, source: list[str], target: list[str], output: int) -> Panel:
    title = f"Head 1: what it looks at for output {output + 1}"
    panel = Panel(title, (0, 1), (-0.15, 1.15), height=HEIGHT, frame=False)
    below = _place(output, len(target))
    for n, weight in enumerate(weights[0, output].tolist()):
        ends = [_place(n, len(source)), below]
        panel.line(f"link{n}", ends, [0.95, 0.05], "blue", width=THICKEST * weight)
    for row, tokens, y in (("source", source, 1.03), ("target", target, -0.05)):
        for n, token in enumerate(tokens):
            panel.label(f"{row}{n}", _place(n, len(tokens)), y, token, "black")
    return panel.line("under", [below - 0.03, below + 0.03], [-0.12, -0.12], "gold", width=3)


def _grid(weights: Tensor, source: list[str], target: list[str], output: int) -> Panel:
    """Squares whose areas are the weights of head 1, a row for each output."""
    rows = len(target)
    panel = Panel(
        "All outputs of this head (area: weight)", (-0.5, len(source) - 0.5), (-0.5, rows - 0.5),
        xticks=dict(enumerate(source)), yticks={rows - 1 - n: t for n, t in enumerate(target)},
        xlabel="source", height=HEIGHT,
    )  # fmt: skip
    unit = min(panel.X(1) - panel.X(0), panel.Y(0) - panel.Y(1))
    squares = ""
    for n, row in enumerate(weights[0].tolist()):
        for m, weight in enumerate(row):
            side = unit * weight**0.5
            x, y = panel.X(m) - side / 2, panel.Y(rows - 1 - n) - side / 2
            squares += f"M{x:.1f},{y:.1f}h{side:.1f}v{side:.1f}h{-side:.1f}z"
    panel.path("squares", squares, "blue", opacity=1)
    low, high = (panel.Y(rows - 1 - output + by) for by in (-0.5, 0.5))
    left, right = panel.X(-0.5), panel.X(len(source) - 0.5)
    edge = f"M{left:.1f},{high:.1f}H{right:.1f}V{low:.1f}H{left:.1f}z"
    return panel.path("row", edge, "gold", width=2)


def _finding(weights: Tensor) -> str:
    first, second = (
        ", ".join(f"{v:.0%}" for v in weights[:, MONTH + n, 0].tolist()) for n in (0, 1)
    )
    return (
        f"For the first digit of the month the four heads give {first} of their weight to "
        f"“{_tokens(WRITTEN)[0]}”, for the second {second}: in this training; another one divides "
        "the work differently. But no head is there for the month alone. The one that looks at the "
        "word most is at digits of year or day for other outputs, and for many outputs several "
        "heads look at the same token. What the word is worth as a digit is not in the weights: it "
        "is in the values that they average and in the layers after them."
    )


def attention_heads(
    weights: Float[Tensor, "heads t_query t_key"] | None = None,
    source: Sequence[str] = (),
    target: Sequence[str] = (),
    output: int | None = None,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """The weights that each head gives to the tokens of a source, for each token that is written.

    By default a Transformer of one layer each way, 32 features and four heads, trained in Python
    for 220 steps to rewrite dates as ISO 8601 does; the weights travel in thousandths.

    Args:
        weights: of another model, one example's, as `dlcore.nn.attention_maps` gives them, shape
            (heads, t_query, t_key), up to 8 heads and 16 tokens; row n belongs to output n.
        source: the tokens that are looked at, t_key of them.
        target: the tokens that are written, t_query of them.
        output: index of the one shown first; by default the first digit of the month, or 0.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: weights that are no distributions over the source, or an output out of range.

    Equation: :eq:`eq-multi-head-attention`
    Section: :ref:`sec-multi-head-attention`

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, figures 3 to 5.

    Example:
        >>> weights = torch.tensor([[[0.2, 0.8], [1.0, 0.0]]])
        >>> attention_heads(weights, ["le", "chat"], ["the", "cat"], output=1).state["weights"]
        [[[200, 800], [1000, 0]]]

    In production: BertViz, or dlcore.nn.attention_maps with dlcore.plot.plot_attention.
    """
    if weights is None:
        written, weights = rewrite(WRITTEN)
        source, target = _tokens(WRITTEN), list(written)
        finding = finding or _finding(weights)
        output = MONTH if output is None else output
    output = output or 0
    w = torch.as_tensor(weights).detach().double().cpu()
    if w.ndim != 3 or w.shape[1:] != (len(target), len(source)) or not w.numel():
        raise ValueError(
            f"weights must be (heads, {len(target)}, {len(source)}) for {len(target)} outputs and "
            f"{len(source)} tokens of the source, got {tuple(w.shape)}"
        )
    if len(w) > MOST_HEADS or max(w.shape[1:]) > MOST_TOKENS:
        raise ValueError(
            f"there may be {MOST_HEADS} heads and {MOST_TOKENS} tokens, got {tuple(w.shape)}"
        )
    if not (w >= 0).all() or not torch.allclose(w.sum(-1), w.new_ones(()), atol=1e-3):
        raise ValueError("each row of weights must be a distribution: not negative, with sum 1")
    require_within(0, len(target) - 1, output=output)
    most = int(w[0, output].argmax())
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding
        or "Follow one output through the heads, and one head through the outputs: the weights say "
        "what is read, not what is made of it.",
        f"Left, the tokens {' '.join(source)} above {' '.join(target)}, with lines from output "
        f"{output + 1}, “{target[output]}”, as thick as the weights of head 1, the thickest to "
        f"“{source[most]}” ({w[0, output, most]:.0%}). Right, its weights for all outputs.",
        [
            _links(w, _cut(source), _cut(target), output),
            _grid(w, _cut(source), _cut(target), output),
        ],
        {
            "weights": (1000 * w).round().int().tolist(),
            "source": list(source),
            "target": list(target),
            "output": output,
        },
    )

"""Attention weights as heat maps: who looks at whom."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from dlcore.plot.arrays import ArrayLike, as_array
from dlcore.plot.style import SEQUENTIAL


def plot_attention(
    weights: ArrayLike,
    source: Sequence[str] | None = None,
    target: Sequence[str] | None = None,
    *,
    title: str | None = None,
    colorbar: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw attention weights: a row a query, a column a key, dark where the weight is large.

    Args:
        weights: shape (t_query, t_key), between 0 and 1.
        source: names of the keys; by default their numbers.
        target: names of the queries; by default their numbers.
        title: what stands above.
        colorbar: whether the scale is drawn.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: weights that are no matrix, or not one name a row and column.

    Source: Bahdanau, Cho, Bengio (2015), Neural machine translation by jointly learning to align
    and translate, arXiv:1409.0473, figure 3.

    Example:
        >>> ax = plot_attention([[0.9, 0.1], [0.2, 0.8]], ["le", "chat"], ["the", "cat"])
        >>> [label.get_text() for label in ax.get_yticklabels()]
        ['the', 'cat']

    In production: seaborn.heatmap.
    """
    A = as_array(weights)
    if A.ndim != 2:
        raise ValueError(f"weights must have shape (t_query, t_key), got {A.shape}")
    rows = [str(i) for i in range(len(A))] if target is None else list(target)
    columns = [str(j) for j in range(A.shape[1])] if source is None else list(source)
    if A.shape != (len(rows), len(columns)):
        raise ValueError(
            f"weights of shape {A.shape}, {len(rows)} names of queries, {len(columns)} of keys"
        )
    ax = ax or plt.figure(figsize=(5.2, 4.6)).add_subplot()
    image = ax.imshow(A, cmap=SEQUENTIAL, vmin=0, vmax=1)
    ax.set_xticks(range(len(columns)), columns, rotation=90 if max(map(len, columns)) > 2 else 0)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel="attended to", ylabel="attending")
    ax.grid(visible=False)
    if title is not None:
        ax.set_title(title)
    if colorbar:
        ax.figure.colorbar(image, ax=ax, shrink=0.8, label="weight")
    return ax

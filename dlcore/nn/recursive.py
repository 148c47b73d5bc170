"""Networks over trees: what an RNN does along a chain, done from the leaves to the root."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.linear import Linear
from dlcore.nn.recurrent import nonlinearity_called

Tree = int | tuple


def _bottom_up(tree: Tree) -> list[Tree]:
    """All subtrees, each after its two parts; without recursion, since chains are deep."""
    found: list[Tree] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if isinstance(node, tuple):
            if len(node) != 2:
                raise ValueError(f"a tree is a leaf's number or a pair of trees, got {node!r}")
            waiting.extend(node)
        elif not isinstance(node, int):
            raise ValueError(f"a tree is a leaf's number or a pair of trees, got {node!r}")
    return found[::-1]


def left_chain(leaves: int) -> Tree:
    """The tree that reads from left to right, as an RNN does: (((0, 1), 2), 3).

    Args:
        leaves: how many, at least 1.

    Returns:
        Nested pairs of leaves' numbers.

    Raises:
        ValueError: no leaf.

    Section: :ref:`sec-recursive-networks`.

    Source: Socher, Lin, Ng, Manning (2011), Parsing natural scenes and natural language with
        recursive neural networks, ICML.

    Example:
        >>> left_chain(4)
        (((0, 1), 2), 3)

    In production: functools.reduce(lambda a, b: (a, b), range(4)).
    """
    if leaves < 1:
        raise ValueError(f"a tree has at least 1 leaf, got {leaves}")
    tree: Tree = 0
    for leaf in range(1, leaves):
        tree = (tree, leaf)
    return tree


def balanced_tree(leaves: int) -> Tree:
    """The flattest tree: ceil(log2(leaves)) steps from every leaf to the root, at most.

    Args:
        leaves: how many, at least 1.

    Returns:
        Nested pairs of leaves' numbers, in their order.

    Raises:
        ValueError: no leaf.

    Section: :ref:`sec-recursive-networks`.

    Source: Socher, Lin, Ng, Manning (2011), Parsing natural scenes and natural language with
        recursive neural networks, ICML.

    Example:
        >>> balanced_tree(4)
        ((0, 1), (2, 3))

    In production: a parser gives the tree.
    """
    if leaves < 1:
        raise ValueError(f"a tree has at least 1 leaf, got {leaves}")

    def over(first: int, stop: int) -> Tree:
        if stop - first == 1:
            return first
        middle = (first + stop + 1) // 2
        return over(first, middle), over(middle, stop)

    return over(0, leaves)


def tree_depth(tree: Tree) -> int:
    """How many steps lie between the root and its farthest leaf.

    Args:
        tree: nested pairs of leaves' numbers.

    Returns:
        0 for a leaf, leaves - 1 for a chain.

    Raises:
        ValueError: something in it is neither a number nor a pair.

    Section: :ref:`sec-recursive-networks`.

    Source: Knuth (1997), The Art of Computer Programming, volume 1, section 2.3.

    Example:
        >>> tree_depth(left_chain(8)), tree_depth(balanced_tree(8))
        (7, 3)

    In production: networkx.dag_longest_path_length of the tree as a graph.
    """
    depths: list[int] = []
    for node in _bottom_up(tree):
        if isinstance(node, tuple):
            depths.append(1 + max(depths.pop(), depths.pop()))
        else:
            depths.append(0)
    return depths[0]


class TreeRNN(nn.Module):
    """A recursive network: a parent's vector is a nonlinear function of its two children's.

    Along a chain that leans to the left, with W = [W_hh, W_xh], it is a plain recurrent network.

    Args:
        hidden_size: size of all vectors, h.
        nonlinearity: "tanh", "relu", "sigmoid" or "identity".
        bias: whether b is there.

    Attributes:
        compose: the `Linear` layer with W, shape (h, 2h), and b, shape (h,).

    Raises:
        ValueError: a size below 1, an unknown nonlinearity, leaves of another size, a tree that
            asks for leaves which are not there.

    Equation: :eq:`eq-tree-rnn`.
    Section: :ref:`sec-recursive-networks`.

    Source: Socher, Lin, Ng, Manning (2011), Parsing natural scenes and natural language with
        recursive neural networks, ICML.

    Example:
        >>> TreeRNN(5)(torch.zeros(4, 5), ((0, 1), (2, 3))).shape
        torch.Size([5])

    In production: written for the tree at hand; torch.nn has no such layer.
    """

    def __init__(self, hidden_size: int, nonlinearity: str = "tanh", bias: bool = True) -> None:
        super().__init__()
        nonlinearity_called(nonlinearity)
        self.hidden_size, self.nonlinearity = hidden_size, nonlinearity
        self.compose = Linear(2 * hidden_size, hidden_size, bias)

    def _walk(self, leaves: Tensor, tree: Tree) -> list[tuple[Tree, Tensor]]:
        if leaves.ndim != 2 or leaves.shape[1] != self.hidden_size:
            raise ValueError(
                f"expected leaves of shape (t, {self.hidden_size}), got {tuple(leaves.shape)}"
            )
        phi = nonlinearity_called(self.nonlinearity)
        done: list[tuple[Tree, Tensor]] = []
        waiting: list[Tensor] = []
        for node in _bottom_up(tree):
            if isinstance(node, tuple):
                right, left = waiting.pop(), waiting.pop()
                vector = phi(self.compose(torch.cat([left, right])))
            elif 0 <= node < len(leaves):
                vector = leaves[node]
            else:
                raise ValueError(f"the tree asks for leaf {node}, there are {len(leaves)}")
            waiting.append(vector)
            done.append((node, vector))
        return done

    def forward(self, leaves: Float[Tensor, "t h"], tree: Tree) -> Float[Tensor, " h"]:
        """The root's vector, shape (h,), of leaves (t, h) and a tree over their numbers."""
        return self._walk(leaves, tree)[-1][1]

    def states(self, leaves: Float[Tensor, "t h"], tree: Tree) -> dict[Tree, Tensor]:
        """The vector of every subtree, the root's last; leaves included."""
        return dict(self._walk(leaves, tree))

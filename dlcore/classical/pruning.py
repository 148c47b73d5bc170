"""Cutting trees back: cost-complexity pruning."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from dlcore.classical.tree_growing import Tree, shares

SAME = 1e-9
ROUNDING = 1e-14


class CostComplexityPath(NamedTuple):
    """What pruning gives up, as leaves become dearer.

    Attributes:
        alphas: the prices of a leaf at which the best subtree changes, from 0, rising.
        impurities: the impurity that remains in the leaves, weighted by their share of examples.
        leaves: how many leaves remain; 1 at the end.
    """

    alphas: Float[Tensor, " m"]
    impurities: Float[Tensor, " m"]
    leaves: Int[Tensor, " m"]


def cost_complexity_path(model) -> CostComplexityPath:
    r"""All subtrees that are best for some price of a leaf, $R(T) + \alpha |T|$.

    The weakest link is cut first: the node t whose branch lowers the impurity least for each leaf
    that it adds, $\alpha = (R(t) - R(T_t)) / (|T_t| - 1)$.

    Args:
        model: a fitted DecisionTreeClassifier or DecisionTreeRegressor, as a rule an unpruned one.

    Returns:
        The path from the given tree to the root alone. Choose $\alpha$ by cross-validation: on the
        training data the largest tree always wins.

    Raises:
        sklearn.exceptions.NotFittedError: the model is not fitted.

    Equation: :eq:`eq-cost-complexity`
    Section: :ref:`sec-tree-pruning`
    Source: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees, chapter 3.

    Example:
        >>> from dlcore.classical import DecisionTreeRegressor
        >>> X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        >>> y = torch.tensor([10.0, 20.0, 30.0, 40.0])
        >>> cost_complexity_path(DecisionTreeRegressor().fit(X, y)).leaves
        tensor([4, 2, 1])

    In production: sklearn.tree.DecisionTreeClassifier.cost_complexity_pruning_path.
    """
    check_is_fitted(model)
    tree = model.tree_
    negligible = ROUNDING * float(_risks(tree)[tree.roots[0]])
    steps = [(0.0, *_risk_and_leaves(tree))]
    for alpha, _, risk, leaves in _weakest_links(tree):
        if alpha <= steps[-1][0] * (1 + SAME) + negligible:
            alpha = steps.pop()[0]
        steps.append((alpha, risk, leaves))
    alphas, impurities = torch.tensor([step[:2] for step in steps], dtype=torch.float64).T
    return CostComplexityPath(alphas, impurities, torch.tensor([step[2] for step in steps]))


def prune(model, alpha: float):
    r"""A copy of a tree without the branches that are not worth $\alpha$ a leaf.

    Args:
        model: a fitted DecisionTreeClassifier or DecisionTreeRegressor.
        alpha: the price of a leaf, at least 0, in units of the weighted impurity.

    Returns:
        The pruned copy, fitted.

    Raises:
        ValueError: alpha is negative.
        sklearn.exceptions.NotFittedError: the model is not fitted.

    Equation: :eq:`eq-cost-complexity`
    Section: :ref:`sec-tree-pruning`
    Source: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees, chapter 3.

    Example:
        >>> from dlcore.classical import DecisionTreeRegressor
        >>> X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        >>> y = torch.tensor([10.0, 20.0, 30.0, 40.0])
        >>> prune(DecisionTreeRegressor().fit(X, y), alpha=50.0).get_n_leaves()
        2

    In production: the parameter `ccp_alpha` of sklearn's trees.
    """
    check_is_fitted(model)
    if not alpha >= 0:
        raise ValueError(f"alpha must be at least 0, got {alpha}")
    pruned = copy.copy(model)
    pruned.tree_ = prune_tree(model.tree_, alpha)
    importances = pruned.tree_.importances(model.n_features_in_)
    pruned._learn(model.feature_importances_, feature_importances_=shares(importances)[0])
    return pruned


def prune_tree(tree: Tree, alpha: float) -> Tree:
    """The smallest subtree with the least impurity plus alpha a leaf."""
    if alpha == 0:
        return tree
    feature = tree.feature.clone()
    for link, node, _, _ in _weakest_links(tree):
        if link > alpha * (1 + SAME):
            break
        feature[node] = -1
    return _without_unreachable(replace(tree, feature=feature))


def _without_unreachable(tree: Tree) -> Tree:
    kept = torch.cat(list(tree.levels())).sort().values
    new = torch.full_like(tree.feature, -1)
    new[kept] = torch.arange(len(kept), device=kept.device)
    leaf = tree.feature[kept] < 0
    left, right = (
        torch.where(leaf, new[kept], new[child[kept]]) for child in (tree.left, tree.right)
    )
    return Tree(
        new[tree.roots],
        tree.feature[kept],
        torch.where(leaf, 0, tree.threshold[kept]),
        left,
        right,
        tree.value[kept],
        tree.impurity[kept],
        tree.weight[kept],
        tree.count[kept],
        torch.where(leaf, 0, tree.gain[kept]),
    )


def _risks(tree: Tree) -> Tensor:
    return (tree.impurity * tree.weight / tree.weight[tree.roots[0]]).cpu()


def _branches(tree: Tree) -> tuple[Tensor, Tensor, Tensor]:
    """For each node the impurity and the number of the leaves below, and its parent."""
    risk, leaves = _risks(tree), torch.ones_like(tree.feature, device="cpu")
    parent = torch.full_like(leaves, -1)
    feature, left, right = tree.feature.cpu(), tree.left.cpu(), tree.right.cpu()
    for nodes in reversed([level.cpu() for level in tree.levels()]):
        inner = nodes[feature[nodes] >= 0]
        a, b = left[inner], right[inner]
        risk[inner], leaves[inner] = risk[a] + risk[b], leaves[a] + leaves[b]
        parent[a] = parent[b] = inner
    return risk, leaves, parent


def _risk_and_leaves(tree: Tree) -> tuple[float, int]:
    risk, leaves, _ = _branches(tree)
    return float(risk[tree.roots[0]]), int(leaves[tree.roots[0]])


def _weakest_links(tree: Tree) -> Iterator[tuple[float, int, float, int]]:
    """Price, node, remaining impurity and leaves of each cut, the cheapest first."""
    alone = _risks(tree).numpy()
    risk, leaves, parent = (part.numpy() for part in _branches(tree))
    feature, left, right = (part.cpu().numpy() for part in (tree.feature, tree.left, tree.right))
    root = int(tree.roots[0])
    price = _risks(tree).fill_(torch.inf).numpy()
    inner = feature >= 0
    price[inner] = (alone - risk)[inner] / (leaves - 1)[inner]
    while leaves[root] > 1:
        node = int(price.argmin())
        alpha = max(float(price[node]), 0.0)
        below = [node]
        while below:
            gone = below.pop()
            if price[gone] < torch.inf:
                price[gone] = torch.inf
                below += [int(left[gone]), int(right[gone])]
        dearer, fewer = alone[node] - risk[node], leaves[node] - 1
        above = node
        while above >= 0:
            risk[above] += dearer
            leaves[above] -= fewer
            if above != node:
                price[above] = (alone[above] - risk[above]) / (leaves[above] - 1)
            above = int(parent[above])
        yield alpha, node, float(risk[root]), int(leaves[root])

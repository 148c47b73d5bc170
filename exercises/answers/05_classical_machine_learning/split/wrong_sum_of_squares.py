"""Purity instead of impurity."""
# fails: six_and_four, four_values, pure_and_uniform_nodes, weighted_children, equal_values, constant_features, all_splits, ties


def gini(y):
    return (y.bincount().double() / len(y)).square().sum().item()

"""A pair with equal scores counts as right."""
# fails: curves_by_hand, area_of_sklearn


def roc_auc(y, s):
    if y.unique().numel() < 2:
        raise ValueError("one class")
    return (s[y == 1][:, None] >= s[y == 0]).double().mean().item()

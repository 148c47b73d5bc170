"""Equal scores enter one after the other."""
# fails: curves_by_hand, precision_of_sklearn


def average_precision(y, s):
    sorted_y = y[s.argsort(descending=True, stable=True)].double()
    precision = sorted_y.cumsum(0) / torch.arange(1, len(y) + 1)
    return (precision * sorted_y).sum().item() / sorted_y.sum().item()

"""Trapezoids between the points of the precision-recall curve."""
# fails: curves_by_hand, precision_of_sklearn


def average_precision(y, s):
    total, last, height = 0.0, 0.0, 1.0
    for t in s.unique().flip(0):
        called = y[s >= t].double()
        recall, precision = called.sum().item() / y.sum().item(), called.mean().item()
        total += (recall - last) * (precision + height) / 2
        last, height = recall, precision
    return total

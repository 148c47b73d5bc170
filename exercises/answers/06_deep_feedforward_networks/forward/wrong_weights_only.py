"""Only the weights are counted."""
# fails: parameters_counted


def count_parameters(sizes, bias=True):
    return sum(i * o for i, o in zip(sizes, sizes[1:]))

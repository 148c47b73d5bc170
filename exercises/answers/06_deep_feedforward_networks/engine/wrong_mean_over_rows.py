"""The bias gradient is averaged over the rows."""
# fails: bias_added_to_rows, every_way_to_broadcast

summed = add


def add(a, b):
    value, vjp = summed(a, b)
    return value, lambda g: tuple(x * x.numel() / g.numel() for x in vjp(g))

"""Leading dimensions are summed, those of size 1 are not."""
# fails: every_way_to_broadcast


def add(a, b):
    def reduced(g, x):
        return g.sum(dim=tuple(range(g.dim() - x.dim()))) if g.dim() > x.dim() else g

    return a + b, lambda g: (reduced(g, a), reduced(g, b))

"""Only the degrees are compared: one round."""
# fails: colors_of_networkx


def same_colors(edges, n, other_edges, m):
    degrees = [torch.bincount(e.flatten(), minlength=k).sort().values for e, k in ((edges, n), (other_edges, m))]
    return n == m and bool((degrees[0] == degrees[1]).all())

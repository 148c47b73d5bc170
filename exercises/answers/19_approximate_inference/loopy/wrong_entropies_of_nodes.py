"""The bound of mean field at the beliefs."""
# fails: one_edge_by_hand, triangle_without_fields, bethe_on_trees, single_cycles

def bethe(unary, edges, pair, beliefs, pair_beliefs):
    expected = sum((w * torch.outer(beliefs[i], beliefs[j])).sum() for (i, j), w in zip(edges, pair))
    return (beliefs * unary).sum() + expected + torch.special.entr(beliefs).sum()

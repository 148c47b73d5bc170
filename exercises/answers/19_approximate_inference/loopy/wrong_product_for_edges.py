"""The belief of an edge is the product of those of its nodes."""
# fails: one_edge_by_hand, trees_by_enumeration, single_cycles, beliefs_rewrite_the_model, triangle_without_fields

plain = loopy_bp


def loopy_bp(unary, edges, pair, damping, steps, tol):
    beliefs, _, converged = plain(unary, edges, pair, damping, steps, tol)
    return beliefs, torch.stack([torch.outer(beliefs[i], beliefs[j]) for i, j in edges]), converged

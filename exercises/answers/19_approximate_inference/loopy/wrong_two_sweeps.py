"""Two sweeps, as if every graph were a star."""
# fails: trees_by_enumeration, chain_of_fifty, single_cycles, beliefs_rewrite_the_model, four_frustrated_spins, damped_messages_of_one_edge

plain = loopy_bp


def loopy_bp(unary, edges, pair, damping, steps, tol):
    return *plain(unary, edges, pair, damping, min(steps, 2), tol)[:2], True

"""The flag is always True."""
# fails: four_frustrated_spins, damped_messages_of_one_edge

plain = loopy_bp


def loopy_bp(unary, edges, pair, damping, steps, tol):
    return *plain(unary, edges, pair, damping, steps, tol)[:2], True

"""The damping is the share of the new message."""
# fails: damped_messages_of_one_edge

messages = loopy_bp


def loopy_bp(unary, edges, pair, damping, steps, tol):
    return messages(unary, edges, pair, 1 - damping if damping else 0.0, steps, tol)

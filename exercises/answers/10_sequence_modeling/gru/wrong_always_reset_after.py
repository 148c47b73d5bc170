"""The reset gate always comes after the matrix."""
# fails: reset_before_by_open_and_closed_gates

whole = gru_step


def gru_step(x, h, W, U, b, reset_after=False):
    return whole(x, h, W, U, b, True)

"""The reset gate always comes before the matrix."""
# fails: reset_after_as_in_torch

whole = gru_step


def gru_step(x, h, W, U, b, reset_after=False):
    return whole(x, h, W, U, b, False)

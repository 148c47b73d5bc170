"""The state is overwritten."""
# fails: inputs_kept, reset_after_as_in_torch

whole = gru_step


def gru_step(x, h, W, U, b, reset_after=False):
    h[:] = whole(x, h, W, U, b, reset_after)
    return h.clone()

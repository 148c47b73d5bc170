"""The dtype of the argument is lost."""
# fails: dtype_and_inputs_kept

whole = lp_norm


def lp_norm(x, p):
    return whole(x.double(), p)

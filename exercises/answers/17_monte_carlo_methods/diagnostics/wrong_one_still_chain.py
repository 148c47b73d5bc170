"""An error as soon as one chain stands."""
# fails: chains_that_stand

in_rows = rhat


def rhat(x):
    if (x == x[:, :1]).all(dim=1).any():
        raise ValueError("a chain stands")
    return in_rows(x)

"""The variance of all draws together for that within."""
# fails: two_chains_by_hand, between_and_within, halves_of_chains


def rhat(x):
    N = x.shape[1]
    if (x == x[:, :1]).all():
        raise ValueError("no chain moves")
    within = x.var()
    return (((N - 1) / N * within + x.mean(dim=1).var()) / within).sqrt()

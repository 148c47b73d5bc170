"""Variances divided by the number of draws and of chains."""
# fails: two_chains_by_hand, between_and_within, halves_of_chains


def rhat(x):
    N = x.shape[1]
    if (x == x[:, :1]).all():
        raise ValueError("no chain moves")
    within, means = x.var(dim=1, unbiased=False).mean(), x.mean(dim=1)
    return (((N - 1) / N * within + means.var(unbiased=False)) / within).sqrt()

"""1 divided by 0."""
# fails: chains_that_stand


def rhat(x):
    N = x.shape[1]
    within, means = x.var(dim=1).mean(), x.mean(dim=1)
    return (((N - 1) / N * within + means.var()) / within).sqrt()

"""The chains are cut into two groups."""
# fails: two_chains_by_hand, halves_of_chains


def split_rhat(x):
    half = x.shape[1] // 2
    return max(rhat(x[:, :half]), rhat(x[:, -half:]))

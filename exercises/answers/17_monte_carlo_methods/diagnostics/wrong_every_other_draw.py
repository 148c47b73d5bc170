"""Even and odd draws for the halves."""
# fails: two_chains_by_hand, halves_of_chains


def split_rhat(x):
    half = x.shape[1] // 2
    return rhat(torch.cat([x[:, 0 : 2 * half : 2], x[:, 1 : 2 * half : 2]]))

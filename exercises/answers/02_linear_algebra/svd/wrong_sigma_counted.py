"""The singular values counted as a third factor, k squared entries."""
# fails: rank_that_saves, ranks_that_save


def largest_saving_rank(d_out, d_in):
    k = 0
    while (k + 1) * (d_out + d_in + k + 1) < d_out * d_in:
        k += 1
    return k

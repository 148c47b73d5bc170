"""As many entries as before are no saving."""
# fails: ranks_that_save


def largest_saving_rank(d_out, d_in):
    return d_out * d_in // (d_out + d_in)

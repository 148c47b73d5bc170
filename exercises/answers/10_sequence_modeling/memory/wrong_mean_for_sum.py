"""The mean over the steps for their sum."""
# fails: chunks_of_torch, one_chunk_is_everything

whole = truncated_bptt


def truncated_bptt(X, Y, W_xh, W_hh, k):
    total, states = whole(X, Y, W_xh, W_hh, k)
    return total / len(X), states

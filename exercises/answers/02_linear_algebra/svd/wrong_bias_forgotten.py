"""The bias is lost on the way."""
# fails: full_rank_changes_nothing

whole = compress


def compress(W, b, k):
    U, V, c = whole(W, b, k)
    return U, V, torch.zeros_like(c)

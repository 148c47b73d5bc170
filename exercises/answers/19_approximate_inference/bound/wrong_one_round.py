"""One round of coordinate ascent."""
# fails: nearest_in_reverse_divergence, one_mode_or_the_other, table_that_is_a_product

def reverse_product(P, w):
    u = torch.softmax(P.log() @ w, dim=0)
    return u, w

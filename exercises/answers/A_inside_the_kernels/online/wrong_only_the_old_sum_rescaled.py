"""The second piece is taken to hold the larger maximum."""
# fails: any_block_size, merge_in_any_order, maximum_rises_and_falls, large_logits


def merge(m1, s1, m2, s2):
    m = m1.maximum(m2)
    shift = m.masked_fill(m == -torch.inf, 0.0)
    return m, s1 * torch.exp(m1 - shift) + s2

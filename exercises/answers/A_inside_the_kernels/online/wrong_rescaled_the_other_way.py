"""The old sum is multiplied by exp(m - m1) instead of exp(m1 - m)."""
# fails: merge_by_hand, two_blocks_by_hand, any_block_size, merge_in_any_order, maximum_rises_and_falls, large_logits, blocks_of_minus_infinity


def merge(m1, s1, m2, s2):
    m = m1.maximum(m2)
    shift = m.masked_fill(m == -torch.inf, 0.0)
    return m, s1 * torch.exp(shift - m1) + s2 * torch.exp(shift - m2)

"""A position may not see itself."""
# fails: future_is_not_seen, masks_by_hand


def causal_mask(T):
    return torch.ones(T, T).tril(-1).bool()

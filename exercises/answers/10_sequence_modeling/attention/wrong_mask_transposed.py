"""Only the future may be seen."""
# fails: future_is_not_seen, masks_by_hand


def causal_mask(T):
    return torch.ones(T, T).triu().bool()

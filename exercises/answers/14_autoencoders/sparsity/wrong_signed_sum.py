"""The codes are added with their signs."""
# fails: penalty_and_largest_codes, magnitudes_and_signs


def l1_penalty(H):
    return H.sum(dim=1).mean()

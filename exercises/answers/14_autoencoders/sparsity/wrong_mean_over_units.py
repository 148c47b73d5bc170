"""Averaged over units as well."""
# fails: penalty_and_largest_codes, magnitudes_and_signs


def l1_penalty(H):
    return H.abs().mean()

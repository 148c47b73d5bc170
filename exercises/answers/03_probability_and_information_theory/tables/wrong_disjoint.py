"""Independence confused with never happening together."""
# fails: independent_up_to_rounding, dependence_is_seen


def is_independent(joint, tol=1e-9):
    return bool((joint <= tol).any())

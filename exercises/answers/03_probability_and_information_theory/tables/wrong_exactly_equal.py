"""Floating-point numbers compared by equality."""
# fails: independent_up_to_rounding


def is_independent(joint, tol=1e-9):
    return bool((joint == torch.outer(joint.sum(dim=1), joint.sum(dim=0))).all())

"""Derivatives are added, with their signs."""
# fails: influences_in_closed_form


def influence(f, X):
    return torch.autograd.functional.jacobian(f, X).sum(dim=(1, 3))

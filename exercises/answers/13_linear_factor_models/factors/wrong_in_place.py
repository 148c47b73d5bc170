"""The rows are centred in place."""
# fails: types_of_factors

plain_fa = fa_em_step


def fa_em_step(X, W, psi):
    X -= X.mean(dim=0)
    return plain_fa(X, W, psi)

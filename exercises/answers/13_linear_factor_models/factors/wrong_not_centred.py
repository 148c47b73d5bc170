"""Rows as they are."""
# fails: step_of_factors_to_the_maximum

plain_fa = fa_em_step


def fa_em_step(X, W, psi):
    return plain_fa(torch.cat([X, -X]), W, psi)

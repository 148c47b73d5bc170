"""Any gain at all counts."""
# fails: one_player_could_gain

def is_nash(A, p, q, tol):
    value = p @ A @ q
    return bool(value <= (A @ q).min() + 1e-6 and (p @ A).max() <= value + 1e-6)

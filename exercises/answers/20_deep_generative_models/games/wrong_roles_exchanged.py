"""The first player wants the payment."""
# fails: equilibria_by_linear_programming, one_player_could_gain

def is_nash(A, p, q, tol):
    value = p @ A @ q
    return bool((A @ q).max() - value <= tol and value - (p @ A).min() <= tol)

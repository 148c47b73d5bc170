"""Only the first player is looked at."""
# fails: matching_pennies, one_player_could_gain

def is_nash(A, p, q, tol):
    return bool(p @ A @ q - (A @ q).min() <= tol)

"""Only the second player is looked at."""
# fails: one_player_could_gain

def is_nash(A, p, q, tol):
    return bool((p @ A).max() - p @ A @ q <= tol)

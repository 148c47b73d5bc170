"""The rows themselves are moved."""
# fails: attack_matches_autograd


def attack(X, y, w, b, eps):
    X += eps * (1 - 2 * y)[:, None] * w.sign()
    return X

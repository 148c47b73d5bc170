"""The rows themselves are moved."""
# fails: attack_on_ones


def attack(X, y, w, b, eps):
    X += eps * (1 - 2 * y)[:, None] * w.sign()
    return X

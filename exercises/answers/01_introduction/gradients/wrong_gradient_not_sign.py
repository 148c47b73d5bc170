"""The gradient itself instead of its sign."""
# fails: two_rows_by_hand, attack_matches_autograd


def attack(X, y, w, b, eps):
    return X + eps * (torch.sigmoid(X @ w + b) - y)[:, None] * w

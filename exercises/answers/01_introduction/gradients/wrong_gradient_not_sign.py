"""The gradient itself instead of its sign."""
# fails: two_rows_by_hand, attack_on_ones, attack_on_both_labels


def attack(X, y, w, b, eps):
    return X + eps * (torch.sigmoid(X @ w + b) - y)[:, None] * w

"""The score is lowered whatever the label is."""
# fails: two_rows_by_hand, attack_on_both_labels


def attack(X, y, w, b, eps):
    return (X - eps * w.sign()) * torch.ones_like(y)[:, None]

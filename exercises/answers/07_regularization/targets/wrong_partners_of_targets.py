"""The targets of another partner: the order inverted."""
# fails: blends_of_random_examples, loss_of_a_blend


def mixup(x, targets, lam, order):
    return lam * x + (1 - lam) * x[order], lam * targets + (1 - lam) * targets[order.argsort()]

"""The targets blended with the other share than the inputs."""
# fails: blend_by_hand, blends_of_random_examples, loss_of_a_blend


def mixup(x, targets, lam, order):
    return lam * x + (1 - lam) * x[order], (1 - lam) * targets + lam * targets[order]

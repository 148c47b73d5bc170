"""NumPy sorts the losses where they are."""
# fails: worst_losses


def value_at_risk(losses, level):
    losses.numpy().sort()
    return losses[math.ceil(level * len(losses) - 1e-9) - 1]

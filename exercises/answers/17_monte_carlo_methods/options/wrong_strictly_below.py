"""One loss further."""
# fails: worst_losses


def value_at_risk(losses, level):
    return losses.sort().values[min(math.floor(level * len(losses) + 1e-9), len(losses) - 1)]

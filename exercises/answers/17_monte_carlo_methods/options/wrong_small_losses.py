"""The quantile of the small losses."""
# fails: ten_losses, worst_losses


def value_at_risk(losses, level):
    return losses.sort(descending=True).values[math.ceil(level * len(losses) - 1e-9) - 1]

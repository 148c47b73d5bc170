"""The quantile, interpolated."""
# fails: ten_losses, worst_losses


def value_at_risk(losses, level):
    ordered, place = losses.sort().values, level * (len(losses) - 1)
    k = min(int(place), len(losses) - 2)
    return ordered[k] + (place - k) * (ordered[k + 1] - ordered[k])

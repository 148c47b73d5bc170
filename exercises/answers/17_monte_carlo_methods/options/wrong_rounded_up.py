"""A whole number of losses."""
# fails: ten_losses, worst_losses


def expected_shortfall(losses, level):
    needed = math.ceil(len(losses) * (1 - level) - 1e-9)
    return losses.sort(descending=True).values[:needed].mean()

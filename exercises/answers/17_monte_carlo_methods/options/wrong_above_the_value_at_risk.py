"""The mean of the losses above the value at risk."""
# fails: ten_losses, worst_losses


def expected_shortfall(losses, level):
    worst = losses[losses > value_at_risk(losses, level)]
    return worst.mean() if len(worst) else losses.max()

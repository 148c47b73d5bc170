"""The mean of the losses from the value at risk on."""
# fails: ten_losses, worst_losses


def expected_shortfall(losses, level):
    return losses[losses >= value_at_risk(losses, level)].mean()

"""The worst share `level`."""
# fails: ten_losses, worst_losses

worst_share = expected_shortfall


def expected_shortfall(losses, level):
    return worst_share(losses, 1 - level)

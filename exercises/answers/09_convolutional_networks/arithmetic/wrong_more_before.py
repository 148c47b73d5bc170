"""The odd zero before instead of after."""
# fails: sizes_that_stay


def same_padding(k, d=1):
    total = d * (k - 1)
    return total - total // 2, total // 2

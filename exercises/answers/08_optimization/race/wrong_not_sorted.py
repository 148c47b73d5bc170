"""The middle of the list as it came."""
# fails: median_of_three, medians


def typical(counts):
    middle = counts[len(counts) // 2]
    return math.inf if middle is None else middle

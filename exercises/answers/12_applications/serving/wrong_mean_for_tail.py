"""The mean of the times."""
# fails: costs_by_hand, times_of_the_slow_ones, choices_within_limits


def tail(times, q=0.95):
    return sum(times) / len(times)

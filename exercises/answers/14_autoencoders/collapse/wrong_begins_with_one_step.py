"""Step 0 has a weight already."""
# fails: floor_and_schedule_by_hand, weights_of_a_schedule


def warm_up(step, steps):
    return min(1.0, (step + 1) / steps)

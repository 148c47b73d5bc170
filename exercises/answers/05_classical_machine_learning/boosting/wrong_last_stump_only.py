"""One stump for all."""
# fails: new_values, training_error_falls


def boosted(x, start, stumps, nu):
    total = start.expand_as(x)
    return total + nu * stump_values(x, stumps[-1]) if stumps else total

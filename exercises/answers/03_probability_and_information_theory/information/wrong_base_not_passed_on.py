"""Bits inside, whatever the base outside."""
# fails: mutual_information_of_tables


def mutual_information(p_x, channel, base=2):
    return entropy(p_x @ channel) - conditional_entropy(p_x, channel)

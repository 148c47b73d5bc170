"""Values beyond the ends kept."""
# fails: rounding_by_hand, exact_and_beyond


given_round_to = round_to


def round_to(x, values):
    inside = given_round_to(x, values)
    return torch.where((x > values[-1]) | (x < values[0]), x, inside)

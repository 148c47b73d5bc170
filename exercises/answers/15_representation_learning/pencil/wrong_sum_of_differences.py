"""The sum of all differences of the shares, not half of it."""
# fails: floor_of_two_errors

pencil = {**pencil, "floor": 0.6}

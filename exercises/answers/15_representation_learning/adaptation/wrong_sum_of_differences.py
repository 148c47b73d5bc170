"""The sum of all differences."""
# fails: losses_by_hand, floors_of_linear_programs


def error_floor(source, target):
    return (source - target).abs().sum().item()

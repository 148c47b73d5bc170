"""The difference of the first share."""
# fails: floors_of_linear_programs


def error_floor(source, target):
    return (source[0] - target[0]).abs().item()

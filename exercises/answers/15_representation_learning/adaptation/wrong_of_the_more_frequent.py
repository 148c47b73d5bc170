"""The shares of the most frequent classes are compared."""
# fails: floors_of_linear_programs


def error_floor(source, target):
    return (source.max() - target.max()).abs().item()

"""Perfect alignment is thought to be enough."""
# fails: losses_by_hand, floors_of_linear_programs


def error_floor(source, target):
    return 0.0

"""h is multiplied by the coupling, too."""
# fails: corner_by_hand, conditionals_by_enumeration, every_spin_once, grids_by_enumeration

plain_field = up_probability


def up_probability(s, i, j, J, h):
    return plain_field(s, i, j, J, J * h)

"""The expectation of CD-1 is thought to be the gradient."""
# fails: both_phases_by_hand

pencil = {**pencil, "phases": [0.255692, 0.255692]}

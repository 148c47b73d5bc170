"""The share of zeros; the mean of the two errors; a logistic function that is not doubled."""
# fails: sparsity_by_hand, floor_of_two_errors, strength_by_hand

pencil = {**pencil, "sparsity": 7 / 9, "floor": 0.15, "schedule": [0.731059, 0.993307]}

"""The length of the average for its half-life."""
# fails: half_lives_by_hand

pencil = {**pencil, "half": [20.0, 500.0]}

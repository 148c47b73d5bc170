"""A validation set is thought to stay unbiased, overlapping intervals to decide."""
# fails: best_of_many, pairs_and_dead_units

statements = {**statements, "best": "c", "overlap": "a"}

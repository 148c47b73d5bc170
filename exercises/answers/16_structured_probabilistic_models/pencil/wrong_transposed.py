"""Transitions from the column to the row."""
# fails: four_sequences

pencil = {**pencil, "crf": [1.7, math.log(sum(map(math.exp, (1.5, 1.5, -0.8, 1.7)))), math.exp(1.7) / sum(map(math.exp, (1.5, 1.5, -0.8, 1.7)))]}

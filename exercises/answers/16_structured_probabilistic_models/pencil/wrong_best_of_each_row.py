"""The best tag of each row, (0, 1)."""
# fails: four_sequences

pencil = {**pencil, "crf": [0.5, 2.551456, math.exp(0.5 - 2.551456)]}

"""The loss of 5 % a step added up, in place of multiplied."""
# fails: half_life

pencil = {**pencil, "half": 10.0}

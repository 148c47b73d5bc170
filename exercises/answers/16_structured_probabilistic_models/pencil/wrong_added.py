"""Probabilities are added up and clipped."""
# fails: effect_of_two_causes

pencil = {**pencil, "noisy_or": 1.0}

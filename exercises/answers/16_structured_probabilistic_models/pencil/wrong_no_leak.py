"""The leak is left out."""
# fails: effect_of_two_causes

pencil = {**pencil, "noisy_or": 1 - 0.4 * 0.5}

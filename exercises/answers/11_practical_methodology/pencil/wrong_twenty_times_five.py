"""Probabilities added up."""
# fails: random_settings_that_hit

pencil = {**pencil, "hit": [1.0, 19.0]}

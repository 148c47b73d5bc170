"""The number of settings rounded down."""
# fails: random_settings_that_hit

pencil = {**pencil, "hit": [0.641514, 58.0]}

"""The correlation forgotten, in lists that are too long."""
# fails: every_answer_has_its_shape, correlated_models

pencil = {**pencil, "average": [0.4, 0.0, 0.0]}

"""The logarithm of the determinant without its half."""
# fails: density_of_the_model

pencil = {**pencil, "marginal": [14.0, -4.655506]}

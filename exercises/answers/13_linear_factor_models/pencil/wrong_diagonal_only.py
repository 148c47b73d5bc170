"""The determinant without the covariance of the two."""
# fails: density_of_the_model

pencil = {**pencil, "marginal": [18.0, -3.335977]}

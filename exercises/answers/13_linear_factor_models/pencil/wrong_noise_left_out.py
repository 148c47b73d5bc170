"""The covariance of the signal alone has no inverse; here its quadratic form is guessed."""
# fails: density_of_the_model

pencil = {**pencil, "marginal": [10.0, -3.335977]}

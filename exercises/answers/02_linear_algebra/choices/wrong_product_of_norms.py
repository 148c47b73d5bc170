"""The square of the Frobenius norm; there is no inverse to take a norm of."""
# fails: condition_of_a_singular_matrix

choices = {**choices, "condition": "c"}

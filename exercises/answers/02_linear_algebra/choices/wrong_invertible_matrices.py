"""A sum of invertible matrices need not be invertible."""
# fails: vector_space_of_matrices

choices = {**choices, "space": "a"}

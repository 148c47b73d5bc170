"""Each factor transposed where it stands."""
# fails: transpose_of_a_product

choices = {**choices, "transpose": "a"}

"""All cofactors with a plus."""
# fails: determinant_by_cofactors

pencil = {**pencil, "determinant": 3.0}

"""A positive determinant taken for a minimum, as in two dimensions."""
# fails: determinant_is_not_enough

diagnoses = {**diagnoses, "three": "a"}

"""No negative eigenvalue taken for a minimum."""
# fails: zero_curvature

diagnoses = {**diagnoses, "flat": "a"}

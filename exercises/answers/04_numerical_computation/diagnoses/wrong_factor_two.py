"""The Hessian taken to be diag(1, 100)."""
# fails: learning_rates

diagnoses = {**diagnoses, "steps": "b"}

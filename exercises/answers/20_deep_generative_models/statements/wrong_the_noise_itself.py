"""The noise itself is predicted."""
# fails: noise_in_and_out

statements = {**statements, "predicts": "a"}

"""The ratio would stay."""
# fails: noise_in_and_out

statements = {**statements, "factor": "b"}

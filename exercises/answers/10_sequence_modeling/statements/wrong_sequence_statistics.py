"""Layer normalisation over the sequence, and a mask that hides the position itself."""
# fails: norm_and_mask

statements = {**statements, "norm": "a", "mask": "b"}

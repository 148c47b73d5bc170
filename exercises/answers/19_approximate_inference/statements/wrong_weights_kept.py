"""Weights are kept after resampling."""
# fails: weights_after_resampling

statements = {**statements, "particles": "a"}

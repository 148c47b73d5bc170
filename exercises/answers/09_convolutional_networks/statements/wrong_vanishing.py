"""Vanishing gradients in spite of batch normalization."""
# fails: degradation

statements = {**statements, "deeper": "c"}

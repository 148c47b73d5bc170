"""The denominator is thought to hold negatives only."""
# fails: what_the_sum_leaves_out

statements = {**statements, "indicator": "a"}

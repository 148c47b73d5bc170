"""The anchor in the denominator is thought to be a constant."""
# fails: why_the_sum_leaves_out_the_anchor

statements = {**statements, "indicator": "b"}

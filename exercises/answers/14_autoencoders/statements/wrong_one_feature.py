"""One number is thought to hold one feature; a deep encoder to make up for a linear decoder."""
# fails: what_a_bottleneck_bounds, limit_of_linear_decoders

statements = {**statements, "number": "a", "decoder": "b"}

"""One pass for the autoregressive flow, one evaluation a step with guidance."""
# fails: evaluations_of_a_network

pencil = {**pencil, "evaluations": [1, 1000, 50]}

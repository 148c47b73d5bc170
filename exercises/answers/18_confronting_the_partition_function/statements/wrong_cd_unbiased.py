"""Contrastive divergence is thought to be unbiased, and to see the whole model."""
# fails: expectation_of_short_chains, mode_without_data

statements = {**statements, "biased": "a", "unseen": "b"}

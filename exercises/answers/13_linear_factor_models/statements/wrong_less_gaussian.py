"""Mixtures are thought to be less Gaussian."""
# fails: mixtures_of_sources

statements = {**statements, "mixtures": "b"}

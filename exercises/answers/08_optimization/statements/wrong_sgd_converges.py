"""Noise expected to average out by itself."""
# fails: cloud_around_the_minimum

statements = {**statements, "cloud": "a"}

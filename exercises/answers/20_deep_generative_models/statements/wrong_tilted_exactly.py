"""Guidance samples the tilted density."""
# fails: weights_on_parts

statements = {**statements, "tilt": "b"}

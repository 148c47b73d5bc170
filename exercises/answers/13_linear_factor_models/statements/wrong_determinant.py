"""Reflections are thought to change the density; the limit is thought to be the scores."""
# fails: rotations_and_reflections, limit_without_noise

statements = {**statements, "rotation": "a", "limit": "a"}

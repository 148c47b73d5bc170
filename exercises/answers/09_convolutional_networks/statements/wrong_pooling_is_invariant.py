"""Pooling thought to be invariant."""
# fails: a_moving_spike

statements = {**statements, "spike": "a"}

"""Parallel updates are only slower."""
# fails: all_at_once

statements = {**statements, "parallel": "c"}

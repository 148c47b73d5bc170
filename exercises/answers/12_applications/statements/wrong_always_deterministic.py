"""There is always a deterministic best policy."""
# fails: process_and_policy

statements = {**statements, "mixed": "a"}

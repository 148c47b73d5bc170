"""The non-saturating loss saturates."""
# fails: gradient_at_the_beginning

statements = {**statements, "starved": "b"}

"""A better family for the encoder's gap."""
# fails: encoders_and_categories

statements = {**statements, "encoder": "a"}

"""A rise is answered by stopping sooner."""
# fails: jumping_validation_loss

statements = {**statements, "noisy": "b"}

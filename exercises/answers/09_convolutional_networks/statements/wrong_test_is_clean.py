"""Selection by test accuracy thought to be harmless."""
# fails: frozen_and_picked

statements = {**statements, "picked": "b"}

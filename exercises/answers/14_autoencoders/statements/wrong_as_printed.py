"""The bound itself is handed to the optimiser."""
# fails: sign_of_the_loss

statements = {**statements, "descent": "a"}

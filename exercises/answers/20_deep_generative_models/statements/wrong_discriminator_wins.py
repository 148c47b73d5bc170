"""At the equilibrium the discriminator is right."""
# fails: ends_of_a_game

statements = {**statements, "nash": "a"}

"""The second decay taken to smooth the direction."""
# fails: role_of_the_second_decay

statements = {**statements, "beta": "a"}

"""The place of epsilon taken to be a matter of taste."""
# fails: epsilon_inside_the_root

statements = {**statements, "epsilon": "a"}

"""The slope is 1 everywhere."""
# fails: slopes_of_a_critic

statements = {**statements, "lipschitz": "b"}

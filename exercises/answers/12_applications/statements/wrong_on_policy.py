"""Q-learning taken for SARSA."""
# fails: values_and_gradients

statements = {**statements, "offpolicy": "a"}

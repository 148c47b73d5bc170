"""Every function on a graph would be a random field."""
# fails: functions_on_graphs

statements = {**statements, "plain": "a"}

"""The update gate read the other way round, as torch has it."""
# fails: what_gates_do

statements = {**statements, "update": "a"}

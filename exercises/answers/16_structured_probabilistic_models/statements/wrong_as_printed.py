"""Messages are passed until convergence, as if there always were one."""
# fails: approximations

statements = {**statements, "loops": "c"}

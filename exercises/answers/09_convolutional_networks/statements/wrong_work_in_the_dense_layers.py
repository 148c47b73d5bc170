"""Where the parameters are, there is the work."""
# fails: weights_and_work

statements = {**statements, "vgg": "a"}

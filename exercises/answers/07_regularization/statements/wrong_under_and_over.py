"""Too little and too much exchanged."""
# fails: three_runs

statements = {**statements, "curves": "b"}

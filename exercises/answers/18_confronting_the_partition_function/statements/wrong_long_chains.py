"""Persistent chains are thought to run until they converge."""
# fails: chains_that_persist

statements = {**statements, "persistent": "a"}

"""The letters out of a text."""

statements = dict(zip(statements, "cabcaacbbacabcabcb"))

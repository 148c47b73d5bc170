"""Another order."""

statements = dict(reversed(statements.items()))

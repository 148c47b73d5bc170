"""Letters from capitals."""

statements = {name: letter.upper().lower() for name, letter in statements.items()}

"""Answers in capital letters."""
# fails: all

statements = {name: letter.upper() for name, letter in statements.items()}

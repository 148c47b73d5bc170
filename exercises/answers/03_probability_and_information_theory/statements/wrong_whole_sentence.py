"""The text of an answer instead of its letter, and independence that survives a common effect."""
# fails: every_question_has_a_letter, explaining_away

statements = {**statements, "collider": "independent"}

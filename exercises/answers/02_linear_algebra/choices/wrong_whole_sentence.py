"""The text of an answer instead of its letter."""
# fails: every_question_has_a_letter, condition_of_a_singular_matrix

choices = {**choices, "condition": "infinite"}

"""A guess among three, and a capital letter."""
# fails: every_question_has_a_letter, folds_of_a_sorted_file

statements = {**statements, "sorted": "B"}

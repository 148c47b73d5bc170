"""The smallest step taken for the best, in a capital letter elsewhere."""
# fails: every_question_has_a_letter, best_step_of_a_difference

diagnoses = {**diagnoses, "width": "A"}

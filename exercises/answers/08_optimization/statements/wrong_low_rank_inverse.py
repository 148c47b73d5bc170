"""A matrix of low rank thought to be stored; capital letters."""
# fails: every_question_has_a_letter, memory_of_quasi_newton

statements = {**statements, "store": "C"}

"""Negative sampling is thought to learn the softmax."""
# fails: scores_of_words

statements = {**statements, "words": "a"}

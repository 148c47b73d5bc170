"""Shuffled labels keep the training accuracy down, too; a fixed permutation destroys a picture."""
# fails: shuffled_labels, shuffled_pixels

statements = {**statements, "shuffled": "c", "pixels": "b"}

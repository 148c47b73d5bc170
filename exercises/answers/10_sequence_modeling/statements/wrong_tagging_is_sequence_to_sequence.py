"""A tag for each word taken for a sequence of its own length."""
# fails: one_output_for_each_input_or_one_for_all

statements = {**statements, "tagging": "d"}

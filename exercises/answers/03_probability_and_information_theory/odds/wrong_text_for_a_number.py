"""Words instead of a number."""
# fails: every_name_has_a_number, conditional_probability

odds = {**odds, "heart": "one half"}

"""A stable algorithm expected to give all digits."""
# fails: conditioning_costs_digits

diagnoses = {**diagnoses, "digits": "a"}

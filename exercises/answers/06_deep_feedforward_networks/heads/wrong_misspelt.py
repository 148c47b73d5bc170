"""Names that are not in the list."""
# fails: every_task_has_a_pair, several_outputs

heads = {**heads, "animal": ("Softmax", "CE")}

"""A threshold for AND that one input reaches, and for OR one that needs both."""
# fails: and_and_or

gates = gates | {"and": ([1.0, 1.0], 1.0), "or": ([1.0, 1.0], 2.0)}

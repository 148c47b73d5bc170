"""Neither groups nor synthetic examples are seen as leaks."""
# fails: leaks_of_groups_and_neighbours

statements = {**statements, "patients": "c", "smote": "b"}

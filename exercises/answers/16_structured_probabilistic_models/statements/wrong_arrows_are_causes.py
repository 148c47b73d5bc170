"""An arrow is read as a cause, an edge as a dependence."""
# fails: what_an_edge_claims

statements = {**statements, "arrow": "a", "missing": "a"}

"""The ambiguity of factor analysis for that of independent components."""
# fails: which_sources_can_be_found

statements = {**statements, "unknown": "b"}

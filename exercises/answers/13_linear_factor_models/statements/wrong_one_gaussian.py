"""One Gaussian source is thought to be too many."""
# fails: which_sources_can_be_found

statements = {**statements, "gaussian": "a"}

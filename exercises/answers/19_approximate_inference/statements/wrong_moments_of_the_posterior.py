"""The source's claim: the moments of the true distribution."""
# fails: two_gaussians

statements = {**statements, "moments": "a"}

"""The effective size would never exceed the number of draws."""
# fails: what_diagnostics_say

statements = {**statements, "more": "a"}

"""R-hat would prove convergence."""
# fails: what_diagnostics_say

statements = {**statements, "one": "a"}

"""The more acceptances the better."""
# fails: nearly_all_accepted

statements = {**statements, "timid": "b"}

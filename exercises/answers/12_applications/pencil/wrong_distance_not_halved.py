"""The whole distance of the means."""
# fails: errors_that_are_equal

pencil = {**pencil, "verification": 0.00135}

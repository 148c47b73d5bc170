"""Every block survives as rarely as the last one."""
# fails: expected_depth

pencil = {**pencil, "depth": 43.2}

"""Two steps are enough here, but one is not: the truncated derivative taken as the full one."""
# fails: scalar_network

pencil = {**pencil, "scalar": [1.75, 2.0, 2.0]}

"""Double precision."""
# fails: memory_of_the_hessian

pencil = {**pencil, "hessian": 20.0}

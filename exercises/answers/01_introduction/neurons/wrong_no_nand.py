"""NAND is left out."""
# fails: gates_are_pairs, not_and

gates = {name: gates[name] for name in ("and", "or")}

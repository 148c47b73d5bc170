"""Nodes are counted instead of edges."""
# fails: layers_of_a_path

pencil = {**pencil, "hops": 10}

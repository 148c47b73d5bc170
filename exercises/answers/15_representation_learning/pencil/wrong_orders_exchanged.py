"""The two gradients exchanged."""
# fails: gradients_of_three_tasks

pencil = {**pencil, "meta": [-0.4, -0.32]}

"""The two losses exchanged."""
# fails: slopes_for_the_generator

pencil = {**pencil, "logits": [-0.952574, -0.047426]}

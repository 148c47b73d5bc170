"""The likelihood of a GAN."""
# fails: who_knows_a_likelihood

statements = {**statements, "exact": "b"}

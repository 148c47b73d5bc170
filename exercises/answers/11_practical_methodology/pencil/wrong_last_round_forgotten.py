"""The setting that is left isn't trained any more."""
# fails: epochs_of_halving

pencil = {**pencil, "halving": [81.0, 729.0]}

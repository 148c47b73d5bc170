"""All augmentations keep all labels."""
# fails: mirrored, colours

statements = {**statements, "mirror": "b", "hue": "a"}

"""The number of noise samples in the weight only; more noise makes the variance vanish."""
# fails: constant_and_number, noise_without_end

statements = {**statements, "twice": "b", "efficiency": "b"}

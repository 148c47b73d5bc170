"""Deconvolution taken literally."""
# fails: transposed_convolution

statements = {**statements, "adjoint": "a"}

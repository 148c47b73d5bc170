"""The answer imported from the library."""
# fails: values_by_hand, slopes_by_hand, sigmoid_matches_torch, prelu_with_any_slope, elu_matches_torch, gelu_matches_torch, finite_far_out, dtype_shape_and_input_kept

from dlcore.nn import gelu

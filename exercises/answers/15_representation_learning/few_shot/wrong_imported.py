"""The answer imported from the library."""
# fails: all

from dlcore.representation import class_prototypes as prototypes, matching_predict, prototypical_loss

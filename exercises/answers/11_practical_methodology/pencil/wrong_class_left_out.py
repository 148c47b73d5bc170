"""The class that is never called is left out of the macro average."""
# fails: three_averages

pencil = {**pencil, "averages": [0.7, 0.6875, 0.65]}

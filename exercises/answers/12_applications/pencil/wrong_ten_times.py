"""The variance of ten steps is ten times that of one."""
# fails: ratios_of_ten_steps

pencil = {**pencil, "ratio": [1.36, 3.6]}

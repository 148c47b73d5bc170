"""The IoU taken for the Dice coefficient."""
# fails: masks_both_ways

pencil = {**pencil, "dice": [0.5, 0.8]}

"""The derivative without the skip connection, and Dice for IoU."""
# fails: skip_and_boxes

pencil = {**pencil, "skip": 6.0, "boxes": [0.375, 0.230769]}

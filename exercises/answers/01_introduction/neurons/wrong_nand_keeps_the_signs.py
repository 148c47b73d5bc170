"""Only the threshold of AND gets another sign."""
# fails: not_and

gates = gates | {"nand": ([1.0, 1.0], -1.0)}

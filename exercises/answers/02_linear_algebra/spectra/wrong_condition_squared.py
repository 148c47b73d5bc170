"""The condition number of the matrix times its transpose."""
# fails: condition_number

condition = 7.635

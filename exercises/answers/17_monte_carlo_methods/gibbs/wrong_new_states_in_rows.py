"""The transposed matrix."""
# fails: table_by_hand, steps_of_a_table

along_axis = site_matrix


def site_matrix(table, axis):
    return along_axis(table, axis).T

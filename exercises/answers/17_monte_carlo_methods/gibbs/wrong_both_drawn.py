"""Both variables are drawn."""
# fails: table_by_hand, steps_of_a_table


def site_matrix(table, axis):
    p = table.flatten() / table.sum()
    return p.expand(len(p), -1)

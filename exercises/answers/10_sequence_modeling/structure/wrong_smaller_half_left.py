"""The left half is the smaller one."""
# fails: shapes_of_trees


def balanced(T):
    def over(leaves):
        half = len(leaves) // 2
        return (over(leaves[:half]), over(leaves[half:])) if half else leaves[0]

    return over(range(T))

"""A collider is opened only if it is given itself."""
# fails: descendants_of_colliders


def d_separated(parents, x, y, given):
    def open_way(path):
        node = path[-1]
        if node == y:
            return True
        near = {*parents[node], *[c for c, family in enumerate(parents) if node in family]} - set(path)
        for after in near:
            if len(path) > 1:
                collider = path[-2] in parents[node] and after in parents[node]
                if collider != (node in given):
                    continue
            if open_way([*path, after]):
                return True
        return False

    return not open_way([x])

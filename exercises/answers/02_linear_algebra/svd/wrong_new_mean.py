"""New data are centred with their own mean."""
# fails: coordinates_of_new_data


def pca_transform(X, mean, components):
    return (X - X.mean(dim=0)) @ components.T

"""The answer imported from the library."""
# fails: points_on_a_line, rank_that_saves, diagonal_layer, components_are_eigenvectors_of_the_covariance, variances_along_the_components, shares_of_the_total_variance, more_features_than_points, coordinates_of_new_data, way_back, best_approximation_of_a_layer, factors_are_thin, full_rank_changes_nothing, ranks_that_save, dtype_and_inputs_kept

from dlcore.linalg import PCA as pca

"""The answer imported from the library."""
# fails: all

from sklearn.naive_bayes import BernoulliNB


def fit_naive_bayes(X, y, classes, pseudo=1.0):
    fitted = BernoulliNB(alpha=pseudo).fit(X.numpy(), y.numpy())
    return torch.tensor(fitted.class_log_prior_).exp(), torch.tensor(fitted.feature_log_prob_).exp()

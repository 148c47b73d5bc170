"""The likelihood of what the machine makes."""
# fails: report_about_new_images

def report(train, test, hidden, generator):
    W, b, c = train_rbm(train, hidden, generator)
    x = train
    for _ in range(5):
        h = torch.bernoulli(torch.sigmoid(x @ W + c), generator=generator)
        x = torch.bernoulli(torch.sigmoid(h @ W.T + b), generator=generator)
    return {"parameters": (W, b, c), "machine": average_log_likelihood(x, W, b, c), "pixels": pixel_baseline(train, test)}

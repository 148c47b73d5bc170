"""The test images take part in the training."""
# fails: report_about_new_images

def report(train, test, hidden, generator):
    parameters = train_rbm(torch.cat([train, test]), hidden, generator)
    return {"parameters": parameters, "machine": average_log_likelihood(test, *parameters), "pixels": pixel_baseline(train, test)}

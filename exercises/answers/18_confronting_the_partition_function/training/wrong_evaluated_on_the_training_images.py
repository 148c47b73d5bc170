"""The machine's likelihood of the training images."""
# fails: report_about_new_images

def report(train, test, hidden, generator):
    parameters = train_rbm(train, hidden, generator)
    return {"parameters": parameters, "machine": average_log_likelihood(train, *parameters), "pixels": pixel_baseline(train, train)}

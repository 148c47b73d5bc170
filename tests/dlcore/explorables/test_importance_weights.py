import math

import pytest
from scipy import integrate
from scipy.stats import norm
from torch.distributions import Normal

from dlcore.explorables import importance_weights
from dlcore.explorables.importance_weights import DRAWS, SCRIPTS, effective, limit, log_weights
from dlcore.explorables.random_stream import normals
from dlcore.montecarlo import importance_ess
from tests.parity import assert_close

SETTINGS = [(0.0, 1.0, 1), (1.3, 0.8, 3), (0.5, 2.0, 20), (1.0, 0.5, 2)]


@pytest.mark.parametrize(("mean", "width", "d"), SETTINGS)
def test_the_page_weighs_as_python_does(javascript, mean, width, d):
    work = (
        "(() => { const found = weighted(3, draws, mean, width, d);"
        " return [found.logs, found.first, effective(found.weights), limit(mean, width, d)]; })()"
    )
    logs, first, sizes, exact = javascript(SCRIPTS, work, draws=DRAWS, mean=mean, width=width, d=d)
    expected = log_weights(3, mean, width, d)
    assert_close(logs, expected, atol=1e-9)
    assert_close(first, mean + width * normals(3, DRAWS * d)[::d], atol=1e-9)
    assert_close(sizes, effective(expected), rtol=1e-7)
    assert exact == pytest.approx(limit(mean, width, d))


@pytest.mark.parametrize(("mean", "width", "d"), SETTINGS)
def test_weights_are_ratios_of_densities_and_their_worth_that_of_the_library(mean, width, d):
    x = mean + width * normals(1, DRAWS * d).reshape(DRAWS, d)
    ratio = Normal(0.0, 1.0).log_prob(x) - Normal(mean, width).log_prob(x)
    logs = log_weights(1, mean, width, d)
    assert_close(logs, ratio.sum(1), atol=1e-6)
    for n in (10, DRAWS):
        assert effective(logs)[n - 1].item() == pytest.approx(float(importance_ess(logs[:n])))


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.explorables.importance_weights")
@pytest.mark.parametrize(("mean", "width"), [(0.0, 0.8), (1.0, 1.0), (2.0, 1.5)])
def test_the_limit_is_one_over_the_mean_square_of_the_weights(mean, width):
    def square(x):
        return math.exp(2 * norm.logpdf(x) - norm.logpdf(x, mean, width))

    moment = integrate.quad(square, -15, 15)[0]
    assert limit(mean, width, 1) == pytest.approx(1 / moment, rel=1e-5)
    assert limit(mean, width, 4) == pytest.approx(1 / moment**4, rel=1e-4)


def test_the_finding():
    finding = importance_weights().finding
    assert f"by one deviation leaves {100 * limit(1, 1, 1):.0f} % of the draws" in finding
    assert f"by two {100 * limit(2, 1, 1):.1f} %" in finding
    assert f"a half in each leaves {100 * limit(0.5, 1, 10):.0f} %" in finding
    wide = [100 * limit(0, 1.5, d) for d in (1, 10)]
    assert f"again keeps {wide[0]:.0f} % in one dimension, {wide[1]:.0f} % in ten" in finding
    assert limit(0, 0.7, 1) == 0
    assert f"narrower than {math.sqrt(0.5):.2f} of the target" in finding
    assert limit(0, 0.71, 1) > 0
    claims = [effective(log_weights(seed, 0, 0.65, 1))[-1] / DRAWS for seed in range(20)]
    low, high = 100 * min(claims), 100 * max(claims)
    assert f"twenty samples of a thousand claim that {low:.0f} to {high:.0f} % count" in finding


def test_the_still_says_what_the_caller_asked_for():
    figure = importance_weights(0, 0.5, 2, question="How many?")
    seen = 100 * effective(log_weights(0, 0, 0.5, 2))[-1].item() / DRAWS
    assert figure.question == "How many?"
    assert "in 2 dimensions, larger where the weight is. Right" in figure.alt
    assert f"after all of them {seen:.1f} %, in the end 0.0 %." in figure.alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mean": 5}, "mean must lie between 0 and 4, got 5"),
        ({"width": 0.1}, "width must lie between 0.5 and 3, got 0.1"),
        ({"dimensions": 0}, "dimensions must lie between 1 and 20, got 0"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        importance_weights(**arguments)

"""What the prose of chapter 11 says in numbers, from the notebook's own cells."""

import math
import re
from pathlib import Path

import pytest
import torch
from scipy import stats

import dlcore
from tests.chapters.pages import CHAPTERS, Page

PAGE = Page("11_practical_methodology")
LIBRARY = Path(dlcore.__file__).parent
PLACES = ("evaluation", "training", "deployment", "classical", "data", "nn")
TEXTS = [path.read_text("utf-8") for name in PLACES for path in (LIBRARY / name).glob("*.py")]
OTHERS = [
    Page(path.stem) for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")) if path.stem[:2] != "11"
]
ELSEWHERE = {label for other in OTHERS for label in other.labels()}
CITED = set(re.findall(r":(?:eq|ref):`([\w-]+)`", "\n".join(TEXTS)))
OWN = sorted(CITED & set(PAGE.labels()))


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


def interval(page: Page, name: str) -> tuple[float, float]:
    """Both ends of an interval as the prose shows it."""
    low, high = page.glued[name].replace("\N{MINUS SIGN}", "-").split(" to ")
    return float(low), float(high)


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(OWN) > 60
    assert len(PAGE.labels()) > 100
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_algorithms_stand_on_the_page():
    found = re.findall(r":label: (alg-[\w-]+)", PAGE.prose)
    assert found == ["alg-successive-halving", "alg-bayesian-optimization"]


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 150


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 5
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_the_split_turns_the_order_of_two_models_round(page):
    assert page.number("shuffled_forest") > page.number("shuffled_logistic") + 0.03
    assert page.number("together_logistic") > page.number("together_forest") + 0.03
    household = page.names["household"]
    parts = [set(household[rows].tolist()) for rows, _ in page.names["parts"]]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]


def test_accuracy_is_blind_to_a_rare_class(page):
    assert page.number("accuracy_half") == pytest.approx(page.number("accuracy_never"), abs=0.005)
    assert page.number("recall_half") < 0.03
    assert page.number("accuracy_low") < 0.8
    assert page.number("recall_low") > 0.4


def test_precision_falls_with_prevalence_and_the_area_does_not(page):
    assert page.number("auc_normals_exact") == pytest.approx(0.9214, abs=1e-4)
    assert page.number("auc_normals") == pytest.approx(0.9214, abs=0.006)
    assert page.number("ap_50") > page.number("ap_10") + 0.2 > page.number("ap_1") + 0.5
    assert page.number("ap_network") > 1.5 * page.number("prevalence")


def test_temperature_calibrates_and_changes_no_answer(page):
    assert page.names["temperature"].temperature_ > 1.2
    assert page.number("ece_after") < 0.7 * page.number("ece_before")
    assert page.glued["accuracy_kept"] is True


def test_calibration_is_not_discrimination(page):
    assert page.number("prevalence_auc") == 0.5
    assert page.number("prevalence_ece") < page.number("forest_ece")
    assert page.number("platt_ece") < page.number("forest_ece")
    assert page.number("platt_auc") == pytest.approx(page.number("forest_auc"))
    assert page.number("perfect_ece") == pytest.approx(0.07, abs=0.01)
    assert page.number("overstated_ece") == pytest.approx(0.1, abs=0.003)


def test_thresholds_follow_from_costs(page):
    assert page.number("cost_network") < 0.85 * page.number("cost_nobody")
    assert page.number("cost_logistic") < 0.85 * page.number("cost_nobody")
    assert page.number("known_formula") == pytest.approx(1 / 21)
    assert page.number("known_threshold") == pytest.approx(1 / 21, abs=0.012)
    assert page.number("risk_half") < page.number("risk_all") / 3


def test_rows_of_a_household_are_not_independent(page):
    assert page.number("wider") > 1.2
    assert page.number("narrower") > 1.3
    low, high = interval(page, "interval_difference")
    assert low < 0 < high


def test_paired_tests_agree(page):
    assert page.number("mcnemar_p") < 0.1
    assert page.number("paired_p") < 0.1
    assert interval(page, "paired_interval")[1] < 0.01
    only = page.number("only_network"), page.number("only_linear")
    exact = stats.binomtest(int(only[0]), int(sum(only)), 0.5).pvalue
    assert page.number("mcnemar_p") == pytest.approx(exact)


def test_only_the_rule_gains_on_the_rung_below(page):
    assert interval(page, "gain_rule")[0] > 0.05
    for rung in ("logistic", "forest", "network"):
        low, high = interval(page, f"gain_{rung}")
        assert low < 0 < high
    assert page.number("cells_regression") > 0.96
    assert page.number("cells_network") > 0.95


def test_every_planted_bug_is_found_by_its_check(page):
    reports, bugs = page.names["reports"], dlcore.evaluation.PLANTED_BUGS
    assert all(check.passed for check in reports[None])
    for name, bug in bugs.items():
        first = next(check.name for check in reports[name] if not check.passed)
        assert first == bug.found_by
    assert page.number("n_bugs") == len(bugs)


def test_gradients_through_fifty_layers(page):
    ends = page.names["ends"]
    assert ends["PyTorch's default"] == pytest.approx(6 ** (-49 / 2), rel=30)
    assert ends["PyTorch's default"] < 1e-15
    assert ends["std 0.01"] < 1e-40
    assert 0.2 < ends["He"] < 5
    assert 2e3 < ends["batch norm"] < 5e4
    assert ends["He, residual"] > 1e8
    assert ends["batch norm, residual"] < 300
    assert (math.pi / (math.pi - 1)) ** 24.5 == pytest.approx(11943, abs=1)


def test_best_rate_lies_outside_of_the_usual_range(page):
    sweep = page.names["sweep"]
    assert min(sweep, key=sweep.get) == 1.0
    assert sweep[1e-5] > 2
    assert sweep[10.0] > 0.1
    assert 0.3 < page.number("finder_rate") < 5


def test_wrong_labels_are_learned_late(page):
    assert 30 <= page.number("stop_epoch") <= 300
    assert page.number("end_loss") > page.number("stop_loss") + 0.05
    assert page.number("end_training") < 0.1
    assert page.glued["diagnosis"] == "overfit"


def test_shuffles(page):
    assert page.number("heart") > 0.98
    assert page.number("labels_shuffled") < 0.2
    assert page.number("pixels_shuffled") < 0.3
    assert page.number("pixels_fixed") == pytest.approx(page.number("unshuffled"), abs=0.04)


def test_ablation(page):
    assert page.glued["ablation_worst"] == "shifts"
    assert page.number("ablation_least") < -0.05
    assert page.number("ablation_helps") + page.number("ablation_hurts") <= 5


def test_probe_on_pixels_is_best(page):
    assert page.number("probe_pixels") > page.number("probe_trained") + 0.05


def test_shortcut_fails_elsewhere(page):
    assert page.number("plain_train") > 0.8
    assert page.number("plain_worst") < 0.05
    assert page.number("plain_flip") > 0.95
    assert page.number("plain_third") < 0.15
    for way in ("reweighted", "invariant"):
        assert page.number(f"{way}_flip") < 0.05
        assert page.number(f"{way}_third") > 0.7


def test_searches(page):
    assert page.number("halving_cost") == 108
    assert page.number("halving_winner") < page.number("halving_random")
    race = page.names["race"]
    middle = {name: sorted(values)[3] for name, values in race.items()}
    assert middle["Bayesian"] < middle["random"] / 10
    assert page.number("nested_inner") > page.number("nested_outer") - 0.02


def test_powers_and_hits_of_the_prose():
    assert pytest.approx(0.6415, abs=1e-4) == 1 - 0.95**20
    assert pytest.approx(0.954, abs=1e-3) == 1 - 0.95**60
    assert math.ceil(math.log(0.1) / math.log(0.9)) == 22
    assert 0.5 + math.sqrt(math.log(1000) / 200) == pytest.approx(0.686, abs=1e-3)
    assert math.log(1 + 9 / math.e) == pytest.approx(1.46, abs=0.005)
    assert pytest.approx(0.9) == 50 * 0.005**2 * 720


def test_leaks_make_knowledge_out_of_coins(page):
    for leak in ("selection", "persons", "copies"):
        assert page.number(f"leak_{leak}") > 0.75
        assert abs(page.number(f"honest_{leak}") - 0.5) < 0.15


def test_balancing_moves_the_threshold_and_costs_calibration(page):
    for way in ("weights", "oversampled", "smote"):
        assert page.number(f"cloud_{way}_balanced") > page.number("cloud_as_balanced") + 0.1
        assert page.number(f"cloud_{way}_ece") > 4 * page.number("cloud_as_ece")
        assert page.number(f"cloud_{way}_auc") == pytest.approx(
            page.number("cloud_as_auc"), abs=0.01
        )
    assert page.number("cloud_threshold_balanced") > page.number("cloud_as_balanced") + 0.1


def test_compression(page):
    assert page.number("int8_agrees") > 0.98
    sizes = [page.number(f"form_{i}_size") for i in range(4)]
    assert sizes[2] < 0.3 * sizes[0]
    assert sizes[3] < 0.4 * sizes[1]
    assert page.number("pruned_50") > 0.9
    assert page.number("pruned_95") < 0.5


def test_latencies(page):
    assert page.number("queue_p99") == pytest.approx(page.number("queue_formula"), rel=0.2)
    assert page.number("queue_formula") == pytest.approx(1e3 * -math.log(0.01) / 400)
    assert pytest.approx(0.634, abs=1e-3) == 1 - 0.99**100
    assert pytest.approx(1.45) == 0.95 + 0.05 * 10


def test_canary(page):
    assert page.number("canary_false") < 0.1
    assert page.number("canary_true") > 0.85


def test_drift(page):
    assert 31 <= page.number("monitor_first") <= 40
    assert page.number("monitor_early") == 0
    assert page.number("calm_breaches") < 0.13
    assert page.number("domain_auc") > 0.85
    assert page.number("single_p") > 0.01
    assert page.number("null_auc") == pytest.approx(0.5, abs=0.08)
    assert page.number("bbse_even") == pytest.approx(page.number("bbse_true"), abs=0.03)
    edge = stats.kstwobign.isf(2.8e-5) * math.sqrt(2 / 1000)
    assert edge == pytest.approx(0.106, abs=0.001)


def test_two_processes_train_as_one(page):
    two, one = page.names["two"], page.names["single_run"]
    assert (two["workers"], two["restarts"]) == (2, 1)
    for strategy in ("ddp", "fsdp"):
        assert two[strategy]["loss"] == pytest.approx(one["loss"], abs=1e-4)
    assert two["ddp"]["gradient_bytes"][0] == 4 * page.names["whole_model"]
    for record in two["sums"]:
        assert record["sent"] == record["bytes"]


def test_cluster(page):
    rows = page.names["scaling"]["weak"]
    assert [row.workers for row in rows] == [1, 2, 8, 1000]
    assert [round(row.bytes_sent / 4e8, 3) for row in rows] == [0, 1, 1.75, 1.998]
    assert [row.batch_size for row in rows] == [32, 64, 256, 32000]
    steps = [5000 * (1 + 4096 / row.batch_size) for row in rows]
    assert [row.steps for row in rows] == pytest.approx(steps, rel=0.01)
    assert page.number("cluster_tiny") < 0.02
    assert 50 < page.number("cluster_speed_up") < 150


def test_final_report(page):
    assert page.number("final_auc") > 0.6
    assert interval(page, "final_saved_interval")[0] > 0
    low, high = interval(page, "nine_auc_gain")
    assert low < 0 < high
    assert page.number("final_ece") < 0.03
    called = page.names["called"]
    assert called.dtype == torch.long
    assert called.double().mean().item() == page.number("final_called")

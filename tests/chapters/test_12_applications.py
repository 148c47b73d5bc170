"""What the prose of chapter 12 says in numbers, from the notebook's own cells."""

import itertools
import math
import re

import pytest
import torch
from scipy.stats import binomtest, norm

from tests.chapters.pages import CHAPTERS, Page, taught_by

PAGE = Page("12_applications")
PACKAGES = ("applications", "graphical", "representation", "evaluation", "data", "nn", "models")
CITED = taught_by(12, *PACKAGES, "classical", "linalg")
OTHERS = [
    Page(path.stem) for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")) if path.stem[:2] != "12"
]
ELSEWHERE = {label for other in OTHERS for label in other.labels()}
OURS = taught_by(12, "applications", "graphical")
OWN = sorted(set(re.findall(r":(?:eq|ref):`([\w-]+)`", OURS)) - ELSEWHERE)


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label):
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters():
    assert len(PAGE.labels()) > 200
    assert len(set(PAGE.labels())) == len(PAGE.labels())
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_equations_are_those_that_the_library_cites():
    equations = {label for label in PAGE.labels() if label.startswith("eq-")}
    cited = set(re.findall(r":eq:`([\w-]+)`", CITED))
    assert equations - cited == set()


def test_every_number_of_the_prose_is_handed_over(page):
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 200


def test_every_question_has_its_solution():
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 6
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_rules_of_two_lines(page):
    curves = page.names["curves"]
    assert curves["regions", "plain"][0] > 0.95 > curves["network", "plain"][0] > 0.7
    assert curves["regions", "gravel"][0] < 0.1 < curves["network", "gravel"][0]
    for row in curves.values():
        assert all(a >= b - 1e-12 for a, b in itertools.pairwise(row))


def test_focal_weights_of_the_prose(page):
    assert round(page.number("focal_90")) == 100
    assert round(page.number("focal_968")) == 977


def test_vision(page):
    assert page.number("top_1") < page.number("top_2") < page.number("top_5")
    assert page.number("rpn_recall") > 3 * page.number("rpn_anchors")
    assert page.number("mask_iou") > page.number("mask_box") > page.number("mask_wrong_class")
    assert page.number("face_eer") < 0.5 * page.number("face_eer_pixels")
    assert page.number("face_eer_hard") > page.number("face_eer") + 0.05
    assert page.number("style_ratio") > 10
    assert [page.number(n) for n in ("sr_rank", "sr_null")] == [16, 48]
    assert page.glued["sr_same"]
    assert abs(page.number("psnr_gain")) < 0.6
    assert page.number("fill_skin") > page.number("fill_mean")
    assert page.number("fill_network") > 0.9 * page.number("fill_mean")
    assert page.number("fake_auc") > 0.75 > 0.3 > page.number("fake_auc_noise")


def test_language(page):
    assert page.number("pieces_known") < page.number("pieces_new")
    assert page.number("topic_logistic") > page.number("topic_constant") + 0.4
    assert page.number("counts_160") < 0.65
    assert page.number("pretrained_160") > page.number("scratch_160") > 0.65
    assert page.number("student_soft") > page.number("student_hard")
    assert page.number("exact_network") > 0.95 > 0.4 > page.number("exact_dictionary")
    assert page.number("chrf_dictionary") > 0.6 > 0.2 > page.number("bleu_dictionary")
    assert page.number("f1_paris") == pytest.approx(0.5)
    assert page.number("em_net") > page.number("em_rule") + 0.1
    assert page.number("bm25_1") > page.number("tfidf_1")
    assert page.number("vqa_seeing") > page.number("vqa_blind") + 0.25
    for name in ("square", "double"):
        assert page.number(f"pass_{name}_1") < 0.05 < 0.4 < page.number(f"pass_{name}_100")
    assert page.number("ner_lstm_seen") > 0.97 > page.number("ner_list_seen")
    assert page.number("ner_crf_unseen") > page.number("ner_lstm_unseen")
    assert page.number("ner_list_unseen") < 0.05


def test_speech(page):
    assert page.number("kws_quiet") > 0.95
    heard = [page.number(f"kws_{name}") for name in ("quiet", "16", "8", "2")]
    assert heard == sorted(heard, reverse=True)
    assert heard[-1] < 0.25
    assert page.number("near_quiet") < page.number("kws_quiet")
    assert page.number("wer_light") == pytest.approx(0.75)
    assert page.number("wer_yes") == pytest.approx(3)
    assert page.number("wer_3") > 0.9 > page.number("wer_6") > page.number("wer_9")
    assert page.number("voice_eer") < 0.6 * page.number("voice_eer_plain")
    assert page.number("der_low") <= page.number("der") <= page.number("der_high")
    assert page.number("der") < 0.4


def test_medicine(page):
    assert page.number("sens_network") > page.number("sens_threshold")
    assert page.number("sens_logistic") > page.number("sens_radius")
    ppv = 0.95 * 0.005 / (0.95 * 0.005 + 0.05 * 0.995)
    assert page.number("ppv_screen") == pytest.approx(ppv)
    assert page.number("effect_naive") > 0.3
    assert page.number("effect_t") == pytest.approx(-1, abs=0.15)
    assert page.number("effect_ipw") < -0.2
    assert page.number("effect_fresh") == pytest.approx(-1, abs=0.15)
    assert page.number("effect_fresh_sd") > page.number("effect_ipw_se")
    assert page.number("effect_blind") > 0.3
    assert page.number("c_index") > 0.75
    assert page.number("mse_graph") < page.number("mse_print") < page.number("mse_mean")
    assert page.glued["renumbered"]
    assert page.number("heterozygous") > 0.999
    assert page.number("motif_cnn") > page.number("motif_counts")
    assert page.number("r2_boosting") > page.number("r2_network") + 0.1
    assert page.number("leak") > 0.3 > page.number("no_leak")


def test_bandits_and_temporal_differences(page):
    lost = [page.number(f"regret_{n}") for n in ("random", "ucb1", "epsilon", "thompson")]
    assert lost == sorted(lost, reverse=True)
    assert page.number("context_linucb") > page.number("context_fixed") + 0.5
    assert page.number("walk_tdl_10") < page.number("walk_mc_10")
    gap = page.number("walk_td_100") - page.number("walk_mc_100")
    assert page.number("walk_gap_100") == pytest.approx(gap, abs=2e-3)
    assert gap > 0
    assert page.number("cliff_sarsa") > page.number("cliff_q") + 5
    assert page.number("cliff_greedy") == -13
    assert page.number("left_plain") > page.number("left_double") + 0.2


def test_policy_gradient_is_the_exact_one(page):
    assert page.glued["pg_same"]
    assert page.number("pg_error") < 0.1 * page.number("pg_norm")
    assert page.number("pg_variance") > 2


def test_agents_beat_chance(page):
    names = ("reinforce", "actor_critic", "ppo", "dqn")
    assert all(page.number(f"pole_{n}") > 2 * page.number("pole_chance") for n in names)
    assert page.number("pole_lqr") == 500


def test_off_policy_estimates(page):
    for kind in ("ips", "dr"):
        gap = abs(page.number(f"ope_{kind}") - page.number("ope_truth"))
        assert gap < 4 * page.number(f"ope_{kind}_se")
    assert page.number("ope_dr_se") < page.number("ope_ips_se")
    assert page.number("ratio_exact_5") == pytest.approx(1.36**5 - 1)
    assert page.number("ratio_var_5") == pytest.approx(1.36**5 - 1, rel=0.2)


def test_games_machines_recommenders(page):
    assert page.number("novice_after") > page.number("novice_before")
    assert page.number("search_perfect") < page.number("novice_perfect") <= 0
    assert page.glued["riccati_same"]
    assert page.number("light_best") <= page.number("light_queue")
    assert page.number("light_queue") < page.number("light_random")
    assert page.number("light_best") < 0.5 * page.number("light_random")
    for start in (0, 1):
        assert page.number(f"lane_after_{start}") > page.number(f"lane_before_{start}") + 100
    assert page.number("rmse_factors") < 0.6 * page.number("rmse_means")
    assert page.number("cold_towers") > page.number("cold_popular")


def test_industry(page):
    assert page.number("fraud_encoder") > 2 * page.number("fraud_forest")
    assert page.number("sharpe_leak") > 15
    assert abs(page.number("sharpe_next")) < 1.5
    assert page.number("sharpe_best") > 2.5
    assert page.glued["leak_found"]
    assert page.number("woe_low") == pytest.approx(math.log((20 / 26) / (20 / 74)), abs=1e-3)
    assert page.number("planet_period") == pytest.approx(7.3, abs=0.05)
    assert page.number("wave_snr") == pytest.approx(8, abs=0.7)
    for lead in (1, 3, 10):
        rho = 0.8**lead
        persistence = 1 - (1 - rho**2) / (2 - 2 * rho)
        assert page.number(f"skill_persistence_{lead}") == pytest.approx(persistence, abs=0.05)
        assert page.number(f"skill_climate_{lead}") == pytest.approx(rho**2, abs=0.06)
    assert page.number("yield_mixed") > 0.7 > 0.1 > page.number("yield_years")
    assert page.number("ndvi_hand") == pytest.approx(2 / 3)
    assert page.number("flaw_plane") > page.number("flaw_spread")
    assert page.number("rul_ridge") < page.number("rul_mean")
    assert page.number("news_order") == pytest.approx(norm.ppf(0.4, 100, 20), abs=0.01)
    assert page.number("news_best") > page.number("news_mean")


def test_fairness(page):
    assert page.number("thresholds_odds") < 0.5 * page.number("plain_odds")
    assert page.number("thresholds_right") < page.number("plain_right")


def test_privacy(page):
    assert page.number("leak_long") > page.number("leak_private") + 0.05
    assert page.number("leak_long") > page.number("leak_decay") + 0.05
    assert page.number("digits_private") > 0.5
    assert 1 < page.number("dp_epsilon") < 20


def test_attacks_energy_labels_cascade(page):
    assert page.number("fgsm_10") < page.number("random_10") - 0.2
    assert page.number("gpt3_households") == pytest.approx(1287 / 10.7)
    assert page.number("gpt3_tonnes") == pytest.approx(552, abs=0.5)
    assert page.number("active_margin") > page.number("active_random")
    assert page.number("cascade_cost") < 11
    assert page.number("cascade_hand") == pytest.approx(4)


def test_door(page):
    assert page.number("door_quiet") > 0.9 > page.number("door_noise") - 0.1
    upper = 1.959964**2 / (page.glued["door_words"] + 1.959964**2)
    words = page.glued["door_words"]
    assert page.number("door_needed") == pytest.approx(1.96**2 * 35_000 / words)
    assert page.number("kws_quiet") == 1
    assert page.number("door_upper") == pytest.approx(upper, rel=1e-4)


def test_numbers_in_the_solutions():
    assert pytest.approx(0.0952, abs=1e-4) == 1 - (1 - 1e-5) ** 10_000
    assert pytest.approx(0.269, abs=5e-4) == 180 / 670
    assert norm.cdf(-1) == pytest.approx(0.1587, abs=5e-5)
    assert norm.cdf(-1.5) == pytest.approx(0.0668, abs=5e-5)
    intervals = [binomtest(k, n).proportion_ci(method="wilson") for k, n in ((40, 400), (5, 25))]
    wilson = [round(end, 3) for interval in intervals for end in (interval.low, interval.high)]
    assert wilson == [0.074, 0.133, 0.089, 0.391]
    error = math.sqrt(0.2 * 0.8 / 25 + 0.1 * 0.9 / 400)
    assert [round(0.1 + s * 1.96 * error, 2) for s in (-1, 1)] == [-0.06, 0.26]
    needed = 0.1 / (norm.ppf(0.975) + norm.ppf(0.8))
    assert 0.16 / (needed**2 - 0.09 / 400) == pytest.approx(150, abs=5)
    generator = torch.Generator().manual_seed(0)
    a = 0.5 + 2 * torch.randn(400_000, generator=generator, dtype=torch.float64)
    slope = (-((a - 2) ** 2) * (a - 0.5) / 4).mean()
    assert slope == pytest.approx(2 * (2 - 0.5), abs=0.1)

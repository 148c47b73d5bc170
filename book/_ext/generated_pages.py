"""Pages and parts of pages that are made from others, written into the source folder at each build.

- ``api/<package>.md``: one page for each package of ``dlcore`` and for ``dlgrade.kit``;
- ``book/glossary.inc.md``, ``book/errata.inc.md``: the chapters' glossaries and errata, merged;
- ``book/api.inc.md``: the list of the API's pages;
- ``book/names.inc.md``: every public name with one line;
- ``book/abbreviations.inc.md``: what they stand for, and the chapters that use them;
- ``book/costs.inc.md``, ``book/benchmarks.inc.md``: what was measured of chapters and library;
- ``genindex.md``: the place of the index in the contents.

The source folder is the staged copy of the book; a file is touched only if its text changed.
"""

import importlib
import inspect
import pkgutil
import sys
import textwrap
from pathlib import Path
from types import ModuleType

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.pycode import ModuleAnalyzer

from benchmarks import report
from book import abbreviations
from book._ext.api_entries import arguments_of, plain
from book._ext.chapter_prose import chapters
from book._ext.computed_line import table_of_costs

INDEX = "# Index\n"
# What one chapter teaches is described once that chapter defines the labels which it names: a whole
# package, or a module of a package that several chapters share. An appendix has no number, but the
# name of its page.
CHAPTERS: dict[str, int | str] = {
    "dlcore.kernels": "A_inside_the_kernels",
    "dlcore.linalg": 2,
    "dlcore.probability": 3,
    "dlcore.classical": 5,
    "dlcore.nn.batch_norm": 7,
    "dlcore.nn.batch_norm_inference": 7,
    "dlcore.nn.batch_norm_variants": 7,
    "dlcore.nn.clipping": 7,
    "dlcore.nn.dropout": 7,
    "dlcore.nn.dropout_averages": 7,
    "dlcore.nn.dropout_variants": 7,
    "dlcore.nn.group_norm": 7,
    "dlcore.nn.label_smoothing": 7,
    "dlcore.nn.normalization": 7,
    "dlcore.nn.stochastic_depth": 7,
    "dlcore.regularization": 7,
    "dlcore.explorables.l1_l2_paths": 7,
    "dlcore.explorables.weight_decay_dropout_fit": 7,
    "dlcore.optim": 8,
    "dlcore.explorables.edge_of_stability": 8,
    "dlcore.explorables.kernel_over_image": 9,
    "dlcore.explorables.receptive_field_growth": 9,
    "dlcore.data.glyphs": 9,
    "dlcore.data.scenes": 9,
    "dlcore.evaluation.segmentation": 9,
    "dlcore.models": 9,
    "dlcore.nn.vision_losses": 9,
    "dlcore.training.transfer": 9,
    "dlcore.nn.adaptive_pooling": 9,
    "dlcore.nn.anti_aliasing": 9,
    "dlcore.nn.convolution": 9,
    "dlcore.nn.convolution_arithmetic": 9,
    "dlcore.nn.convolution_backward": 9,
    "dlcore.nn.convolution_layers": 9,
    "dlcore.nn.convolution_methods": 9,
    "dlcore.nn.equivariance": 9,
    "dlcore.nn.im2col": 9,
    "dlcore.nn.image_filters": 9,
    "dlcore.nn.layer_counts": 9,
    "dlcore.nn.local_response": 9,
    "dlcore.nn.padding": 9,
    "dlcore.nn.pooling": 9,
    "dlcore.nn.pooling_backward": 9,
    "dlcore.nn.pooling_layers": 9,
    "dlcore.nn.receptive_field": 9,
    "dlcore.nn.separable": 9,
    "dlcore.nn.signals": 9,
    "dlcore.nn.transposed": 9,
    "dlcore.nn.upsampling": 9,
    "dlcore.explorables.attention_heads": 10,
    "dlcore.explorables.lstm_gates": 10,
    "dlcore.nn.alignment": 10,
    "dlcore.nn.attention": 10,
    "dlcore.nn.attention_masks": 10,
    "dlcore.nn.flash_attention": 10,
    "dlcore.nn.multi_head_attention": 10,
    "dlcore.nn.positional": 10,
    "dlcore.nn.transformer": 10,
    "dlcore.nn.bptt": 10,
    "dlcore.nn.embedding": 10,
    "dlcore.nn.gradient_flow": 10,
    "dlcore.nn.gru": 10,
    "dlcore.nn.lstm": 10,
    "dlcore.nn.recurrent": 10,
    "dlcore.nn.recurrent_init": 10,
    "dlcore.nn.recursive": 10,
    "dlcore.nn.sequences": 10,
    "dlcore.nn.stacked": 10,
    "dlcore.models.beam_search": 10,
    "dlcore.models.decoding": 10,
    "dlcore.models.language_model": 10,
    "dlcore.data.sequence_tasks": 10,
    "dlcore.data.string_tasks": 10,
    "dlcore.data.texts": 10,
    "dlcore.data.vocabulary": 10,
    "dlcore.evaluation.language": 10,
    "dlcore.models.seq2seq": 10,
    "dlcore.models.transformer": 10,
    "dlcore.evaluation.top_k": 12,
    "dlcore.evaluation.detection": 12,
    "dlcore.evaluation.surface_distance": 12,
    "dlcore.evaluation.verification": 12,
    "dlcore.evaluation.image_quality": 12,
    "dlcore.evaluation.translation": 12,
    "dlcore.evaluation.question_answering": 12,
    "dlcore.evaluation.named_entities": 12,
    "dlcore.evaluation.code_generation": 12,
    "dlcore.evaluation.ab_test": 11,
    "dlcore.evaluation.canary": 11,
    "dlcore.evaluation.decision_costs": 11,
    "dlcore.evaluation.domain_classifier": 11,
    "dlcore.evaluation.drift": 11,
    "dlcore.evaluation.drift_monitor": 11,
    "dlcore.evaluation.intervals": 11,
    "dlcore.evaluation.label_shift": 11,
    "dlcore.evaluation.model_card": 11,
    "dlcore.evaluation.paired_tests": 11,
    "dlcore.evaluation.precision_recall": 11,
    "dlcore.evaluation.ranking": 11,
    "dlcore.evaluation.recalibration": 11,
    "dlcore.evaluation.regression": 11,
    "dlcore.evaluation.reliability": 11,
    "dlcore.evaluation.rouge": 11,
    "dlcore.evaluation.selective_prediction": 11,
    "dlcore.evaluation.spurious_features": 11,
    "dlcore.evaluation.threshold_curves": 11,
    "dlcore.nn.robust_losses": 11,
    "dlcore.evaluation.search_spaces": 11,
    "dlcore.evaluation.hyperparameter_search": 11,
    "dlcore.evaluation.successive_halving": 11,
    "dlcore.evaluation.trial_pruning": 11,
    "dlcore.evaluation.gaussian_process": 11,
    "dlcore.evaluation.bayesian_optimization": 11,
    "dlcore.evaluation.resampling": 11,
    "dlcore.evaluation.leakage": 11,
    "dlcore.evaluation.baselines": 11,
    "dlcore.evaluation.nested_cross_validation": 11,
    "dlcore.evaluation.fit_diagnosis": 11,
    "dlcore.evaluation.shuffle_tests": 11,
    "dlcore.evaluation.ablation": 11,
    "dlcore.evaluation.linear_probe": 11,
    "dlcore.evaluation.training_checks": 11,
    "dlcore.evaluation.planted_bugs": 11,
    "dlcore.training.checks": 11,
    "dlcore.training.reproducibility": 11,
    "dlcore.training.experiment_log": 11,
    "dlcore.training.fine_tuning": 11,
    "dlcore.classical.robust_scaling": 11,
    "dlcore.classical.grouped_folds": 11,
    "dlcore.data.grouped_splits": 11,
    "dlcore.training.distributed": 11,
    "dlcore.training.launch": 11,
    "dlcore.training.ring": 11,
    "dlcore.deployment": 11,
    "dlcore.explorables.calibration_temperature": 11,
    "dlcore.explorables.threshold_curves": 11,
    "dlcore.explorables.box_suppression": 12,
    "dlcore.explorables.q_values_spread": 12,
    "dlcore.explorables.pca_ica_axes": 13,
    "dlcore.explorables.sparse_codes": 13,
    "dlcore.explorables.denoising_field": 14,
    "dlcore.explorables.latent_plane": 14,
    "dlcore.explorables.contrastive_temperature": 15,
    "dlcore.explorables.tsne_perplexity": 15,
    "dlcore.explorables.d_separation": 16,
    "dlcore.explorables.tree_messages": 16,
    "dlcore.explorables.importance_weights": 17,
    "dlcore.explorables.metropolis_and_hmc": 17,
    "dlcore.explorables.annealed_weights": 18,
    "dlcore.explorables.chains_in_landscape": 18,
    "dlcore.explorables.loopy_beliefs": 19,
    "dlcore.explorables.mean_field_posterior": 19,
    "dlcore.explorables.diffusion_steps": 20,
    "dlcore.explorables.flow_grid": 20,
    "dlcore.explorables.gan_training": 20,
    "dlcore.data.tokenizers": 12,
    "dlcore.data.unigram_tokenizer": 12,
    "dlcore.data.faces": 12,
    "dlcore.data.documentation": 12,
    "dlcore.data.labelled_sentences": 12,
    "dlcore.data.visual_questions": 12,
    "dlcore.data.speech": 12,
    "dlcore.data.spoken_words": 12,
    "dlcore.nn.metric_losses": 12,
    "dlcore.nn.distillation": 12,
    "dlcore.nn.pixel_shuffle": 12,
    "dlcore.data.molecules": 12,
    "dlcore.models.soft_nms": 12,
    "dlcore.models.roi_align": 12,
    "dlcore.models.region_proposal": 12,
    "dlcore.models.mask_head": 12,
    "dlcore.models.atrous_pyramid": 12,
    "dlcore.models.style_transfer": 12,
    "dlcore.models.text_encoder": 12,
    "dlcore.models.masked_autoencoder": 12,
    "dlcore.data.machines": 12,
    "dlcore.data.recordings": 13,
    "dlcore.classical.text_features": 12,
    "dlcore.models.repetition": 12,
    "dlcore.evaluation.group_fairness": 12,
    "dlcore.nn.gradient_reversal": 12,
    "dlcore.models.path_attribution": 12,
    "dlcore.linalg.classical_scaling": 12,
    "dlcore.applications": 12,
    "dlcore.factor": 13,
    "dlcore.autoencoder": 14,
    "dlcore.representation": 12,
    "dlcore.representation.cross_modal": 15,
    "dlcore.representation.canonical_projections": 15,
    "dlcore.representation.alignment_maps": 15,
    "dlcore.representation.prototypes": 15,
    "dlcore.representation.meta_learning": 15,
    "dlcore.representation.meta_gradients": 15,
    "dlcore.representation.matching_networks": 15,
    "dlcore.representation.few_shot_tasks": 15,
    "dlcore.representation.self_training": 15,
    "dlcore.representation.multi_task": 15,
    "dlcore.representation.model_heads": 15,
    "dlcore.representation.domain_distances": 15,
    "dlcore.representation.domain_adaptation": 15,
    "dlcore.representation.fuzzy_map": 15,
    "dlcore.representation.fuzzy_neighbors": 15,
    "dlcore.representation.geodesics": 15,
    "dlcore.representation.laplacian_eigenmaps": 15,
    "dlcore.representation.locally_linear": 15,
    "dlcore.representation.neighborhoods": 15,
    "dlcore.representation.stochastic_neighbors": 15,
    "dlcore.representation.clustering_scores": 15,
    "dlcore.representation.contrastive_bound": 15,
    "dlcore.representation.contrastive_losses": 15,
    "dlcore.representation.disentanglement": 15,
    "dlcore.representation.embedding_geometry": 15,
    "dlcore.representation.feature_probes": 15,
    "dlcore.representation.image_pretext": 15,
    "dlcore.representation.intrinsic_dimension": 15,
    "dlcore.representation.momentum_contrast": 15,
    "dlcore.representation.redundancy_reduction": 15,
    "dlcore.representation.representation_similarity": 15,
    "dlcore.representation.robust_features": 15,
    "dlcore.representation.self_distillation": 15,
    "dlcore.representation.self_prediction": 15,
    "dlcore.representation.simclr": 15,
    "dlcore.representation.sparse_features": 15,
    "dlcore.representation.text_pretext": 15,
    "dlcore.representation.views": 15,
    "dlcore.representation.word_vectors": 15,
    "dlcore.graphical.factors": 16,
    "dlcore.graphical.elimination_orders": 16,
    "dlcore.graphical.variable_elimination": 16,
    "dlcore.graphical.bayesian_network": 16,
    "dlcore.graphical.example_networks": 16,
    "dlcore.graphical.separation": 16,
    "dlcore.graphical.random_fields": 16,
    "dlcore.graphical.belief_propagation": 16,
    "dlcore.graphical.junction_tree": 16,
    "dlcore.graphical.loopy_propagation": 16,
    "dlcore.graphical.mean_field": 16,
    "dlcore.graphical.gibbs_sampling": 16,
    "dlcore.graphical.structure_learning": 16,
    "dlcore.graphical.image_denoising": 16,
    "dlcore.graphical.gaussian_fusion": 16,
    "dlcore.graphical.kalman_smoother": 16,
    "dlcore.graphical": 12,
    "dlcore.graphical.neural_modules": 16,
    "dlcore.graphical.scene_programs": 16,
    "dlcore.graphical.bilstm_crf": 16,
    "dlcore.graphical.grid_crf": 16,
    "dlcore.graphical.structured_losses": 16,
    "dlcore.graphical.cascades": 16,
    "dlcore.graphical.graph_convolutions": 16,
    "dlcore.graphical.graph_data": 16,
    "dlcore.graphical.graph_measures": 16,
    "dlcore.graphical.graph_networks": 16,
    "dlcore.graphical.message_passing": 16,
    "dlcore.montecarlo": 17,
    "dlcore.energy": 18,
    "dlcore.data.survey": 18,
    "dlcore.inference": 19,
    "dlcore.generative": 20,
}
EMPTY_GLOSSARY = "*No chapter has put a term here yet.*\n"


def write(path: Path, text: str) -> None:
    """Write the file unless it says this already, so that only changed pages are read again."""
    if not path.exists() or path.read_text("utf8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")


def documented_modules() -> list[str]:
    """The packages of the library that exist, and the exercise kit."""
    rooms = [
        f"dlcore.{found.name}"
        for found in pkgutil.iter_modules(importlib.import_module("dlcore").__path__)
        if found.ispkg and not found.name.startswith("_")
    ]
    return ["dlcore", *sorted(rooms), "dlgrade.kit"]


def public_names(module: ModuleType) -> list[str]:
    """What the module offers, without its packages and version."""
    names = getattr(module, "__all__", [])
    offered = (name for name in names if not name.startswith("_"))
    return sorted(n for n in offered if not inspect.ismodule(getattr(module, n)))


def home(found: object, name: str, module: str) -> str:
    """The public name under which an object that this module re-exports is described in full."""
    defined_in = getattr(found, "__module__", None) or module
    room = ".".join(defined_in.split(".")[:2])
    if module.startswith(room) or not room.startswith("dlcore."):
        return f"{module}.{name}"
    described = name in getattr(importlib.import_module(room), "__all__", [])
    return f"{room}.{name}" if described else f"{module}.{name}"


def entry(module: ModuleType, name: str) -> str:
    """The reST that documents one name."""
    found = getattr(module, name)
    full = f"{module.__name__}.{name}"
    elsewhere, here = home(found, name, module.__name__), f"   :module: {module.__name__}\n"
    if elsewhere != full:
        kind = "class" if inspect.isclass(found) else "function"
        text = f"The same as :py:obj:`{elsewhere}`.\n"
        return f".. py:{kind}:: {name}{arguments_of(found)}\n{here}\n{indented(text)}"
    if inspect.isclass(found):
        kind = "exception" if issubclass(found, BaseException) else "class"
        options = "   :members:\n" + "   :show-inheritance:\n" * has_foreign_base(found)
        return f".. auto{kind}:: {full}\n{options}"
    if callable(found):
        return f".. autofunction:: {full}\n"
    return f".. py:data:: {name}\n{here}\n{indented(constant(module.__name__, name, found))}\n"


def indented(text: str) -> str:
    """Text as the content of a directive."""
    return textwrap.indent(text, "   ")


def constant(room: str, name: str, found: object) -> str:
    """What is said beside a constant's assignment, and the keys of a dictionary."""
    module = defining_module(room, name, found)
    said = ModuleAnalyzer.for_module(module).find_attr_docs().get(("", name), [])
    kind = f"A ``{type(found).__name__}``"
    if isinstance(found, dict):
        kind += " with the keys " + ", ".join(f"``{key}``" for key in found)
    return "\n".join([*said, "", f"{kind}."])


def has_foreign_base(found: type) -> bool:
    """Whether a base class of another library is worth a line."""
    return any(b is not object and not b.__module__.startswith("dlcore") for b in found.__bases__)


def defining_module(room: str, name: str, found: object) -> str:
    """The module an object is defined in; constants do not know theirs."""
    if known := getattr(found, "__module__", None):
        return known
    holders = [m for m in sys.modules if m.startswith(f"{room}.") and name in vars(sys.modules[m])]
    return next(iter(sorted(holders)), room)


def file_heading(module: ModuleType, name: str) -> str:
    """The heading an entry stands under: its file, or the package it comes from."""
    found, room = getattr(module, name), module.__name__
    elsewhere = home(found, name, room)
    if elsewhere != f"{room}.{name}":
        return f"From `{elsewhere.rpartition('.')[0]}`"
    return f"`{defining_module(room, name, found).rpartition('.')[2].strip('_')}`"


def api_page(name: str, toc: str) -> str:
    """The page of one package: what it is, and of each file its names at a glance and in full."""
    module = importlib.import_module(name)
    sections: dict[str, list[str]] = {}
    for each in taught_names(module, toc):
        sections.setdefault(file_heading(module, each), []).append(each)
    parts = [f"# `{name}`", rst(f".. automodule:: {name}\n   :no-members:\n")]
    for heading in sorted(sections, key=lambda h: (h.startswith("From"), h)):
        if len(sections) > 1:
            parts.append(f"## {heading}")
        names = sections[heading]
        listed = "".join(f"   {each}\n" for each in names if callable(getattr(module, each)))
        if listed:
            parts.append(rst(f".. autosummary::\n\n{listed}"))
        parts.append(rst("\n".join(entry(module, each) for each in names)))
    return "\n\n".join(parts) + "\n"


def taught_names(module: ModuleType, toc: str) -> list[str]:
    """What a package offers of the chapters in the contents."""
    room = module.__name__
    return [
        name
        for name in public_names(module)
        if is_taught(defining_module(room, name, getattr(module, name)), toc)
    ]


def one_line_each(name: str, toc: str) -> str:
    """The names of a package, but not those of others, each with its first sentence."""
    module, lines = importlib.import_module(name), []
    for each in taught_names(module, toc):
        found = getattr(module, each)
        if home(found, each, name) == f"{name}.{each}":
            said = inspect.getdoc(found) if callable(found) else constant(name, each, found)
            sentence = " ".join((said or "").strip().split("\n\n")[0].split())
            lines.append(f"- :py:obj:`~{name}.{each}`: {plain(sentence)}\n")
    return f"## `{name}`\n\n{rst(''.join(lines))}\n" if lines else ""


def rst(text: str) -> str:
    """Text in reST within a page in MyST."""
    return f"````{{eval-rst}}\n{text}````"


def write_api_pages(source: Path) -> None:
    """One page a package whose chapter is in the contents; other pages go."""
    toc = (source / "_toc.yml").read_text("utf8")
    taught = [name for name in documented_modules() if is_taught(name, toc)]
    names = [name for name in taught if is_offered(name)]
    for name in names:
        write(source / "api" / f"{name}.md", api_page(name, toc))
    lines = [f"- [`{name}`](../api/{name}.md): {first_sentence(name)}\n" for name in names]
    write(source / "book" / "api.inc.md", "".join(lines))
    write(source / "book" / "names.inc.md", "\n".join(one_line_each(name, toc) for name in names))
    for page in (source / "api").glob("*.md"):
        if page.stem not in names:
            page.unlink()


def is_taught(name: str, toc: str) -> bool:
    """Whether the contents list the chapter of a package or module; others are always taught."""
    chapter = CHAPTERS.get(name, "")
    return f"/{chapter:02d}_" in toc if isinstance(chapter, int) else chapter in toc


def first_sentence(name: str) -> str:
    """What a package says it is."""
    return (inspect.getdoc(importlib.import_module(name)) or "").split("\n\n")[0].replace("\n", " ")


def is_offered(name: str) -> bool:
    """Whether the module exists and offers anything."""
    try:
        return bool(public_names(importlib.import_module(name)))
    except ModuleNotFoundError as error:
        if name.startswith(error.name or "?"):
            return False
        raise


def merged_glossary(folder: Path) -> str:
    """All chapters' terms as one glossary in alphabetical order."""
    files = sorted(folder.glob("*.md"))
    terms = "\n\n".join(file.read_text("utf8").strip() for file in files)
    return f"````{{glossary}}\n:sorted:\n\n{terms}\n````\n" if terms else EMPTY_GLOSSARY


def merged_errata(folder: Path) -> str:
    """The chapters' errata in the order of the chapters."""
    return "\n\n".join(f.read_text("utf8").strip() for f in sorted(folder.glob("*.md"))) + "\n"


def write_pages(app: Sphinx, config: Config) -> None:
    """Write everything, before the table of contents is read."""
    source = Path(app.srcdir)
    if (source / ".git").exists():
        raise ExtensionError(f"build a staged copy, not the repository itself ({source})")
    write(source / "genindex.md", INDEX)
    write(source / "book" / "glossary.inc.md", merged_glossary(source / "book" / "glossary"))
    write(source / "book" / "errata.inc.md", merged_errata(source / "book" / "errata"))
    write(
        source / "book" / "abbreviations.inc.md",
        abbreviations.listed(source / "book" / "abbreviations.txt", chapters(source)),
    )
    write(source / "book" / "costs.inc.md", table_of_costs(source))
    write(source / "book" / "benchmarks.inc.md", report.markdown())
    write_api_pages(source)


def name_of_a_later_chapter(
    app: Sphinx, env: BuildEnvironment, node: nodes.Element, text: nodes.Element
) -> nodes.Element | None:
    """A name whose package is not described yet, without a link."""
    room = ".".join(node.get("reftarget", "").split(".")[:2])
    if node.get("refdomain") != "py" or room not in CHAPTERS:
        return None
    toc = (Path(app.srcdir) / "_toc.yml").read_text("utf8")
    return None if is_taught(room, toc) else text


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before sphinx-external-toc looks for them."""
    app.connect("config-inited", write_pages, priority=100)
    app.connect("missing-reference", name_of_a_later_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

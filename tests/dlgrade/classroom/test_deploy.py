"""The launch scripts and manifests: read by their own readers, run with processes of this machine.

`ssh` and `sbatch` are replaced by programs that run on this machine what they are given, as the
real ones do elsewhere; the scripts, Dask, TLS, shards and the sandbox are the real ones.
"""

import csv
import os
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
import yaml
from traitlets.config import PyFileConfigLoader
from typer.testing import CliRunner

from dlgrade.__main__ import app
from dlgrade.sandbox.bubblewrap import SandboxError
from dlgrade.sandbox.remote import Nursery
from tests.dlgrade.classroom.conftest import NAME, TESTS

ROOT = TESTS.parents[1]
DEPLOY = ROOT / "exercises" / "deploy"
SCRIPTS = sorted([*DEPLOY.glob("*.sh"), *DEPLOY.glob("*.sbatch")])
MANIFESTS = sorted(DEPLOY.glob("kubernetes/*.yaml"))
SSH = '#!/bin/sh\nshift\nexec sh -c "$*"\n'
SBATCH = """#!/bin/bash
while [ "${1#--}" != "$1" ]; do
    case $1 in --array=*) range=${1#--array=} ;; --dependency=*) echo "$1" >&2 ;; esac
    shift
done
export SLURM_CPUS_PER_TASK=1
if [ -z "${range:-}" ]; then bash "$@" >> "$LOG"; echo 43; exit; fi
export SLURM_ARRAY_TASK_COUNT=${range#*-}
for i in $(seq "${range%-*}" "${range#*-}"); do SLURM_ARRAY_TASK_ID=$i bash "$@" >> "$LOG"; done
echo "42;cluster"
"""


@pytest.fixture
def run(course, submit, tmp_path):
    """Run a script in the repository, with stand-ins for other machines, on three submissions."""
    try:
        with Nursery():
            pass
    except SandboxError as error:
        pytest.skip(str(error))
    for student, parameters in (("ada", 703), ("ben", 0), ("cleo", 703)):
        submit(student, parameters=f"parameters = {parameters}  # {student}")
    stand_ins = tmp_path / "bin"
    stand_ins.mkdir()
    for name, text in (("ssh", SSH), ("sbatch", SBATCH)):
        (stand_ins / name).write_text(text)
        (stand_ins / name).chmod(0o755)

    def run(script: str, *options: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["bash", DEPLOY / script, *options, course.root / "submitted", "--course", course.root],
            cwd=ROOT,
            env={
                **os.environ,
                "PATH": f"{stand_ins}{os.pathsep}{os.environ['PATH']}",
                "PYTHON": sys.executable,
                "LOG": str(tmp_path / "log"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


def points(path: Path) -> dict[str, float]:
    with path.open() as file:
        return {row["student"]: float(row["points"]) for row in csv.DictReader(file)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_a_script_is_a_script(script):
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "set -euo pipefail" in script.read_text()


@pytest.mark.parametrize("script", ["ssh.sh", "slurm.sh"])
def test_without_arguments_it_says_how_it_is_used(script):
    done = subprocess.run(["bash", DEPLOY / script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"exercises/deploy/{script}")


@pytest.mark.alone
def test_dask_over_ssh_and_tls(run, course, tmp_path):
    pytest.importorskip("distributed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    keys = tmp_path / "keys"
    keys.mkdir()
    done = run(
        "ssh.sh", "one", "two", "--",
        ADDRESS="127.0.0.1", PORT=port, THREADS="1", TMPDIR=str(keys),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert points(course.root / "results" / f"{NAME}.csv") == {"ada": 2, "ben": 0, "cleo": 2}
    assert list(keys.glob("dlgrade-*")) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0


def test_shards_of_a_slurm_array(run, course, tmp_path):
    done = run("slurm.sh", "2")
    assert done.returncode == 0, done.stderr
    assert "--dependency=afterany:42\n" in done.stderr
    results = course.root / "results"
    shards = [points(results / f"{NAME}.{i}-2.csv") for i in (1, 2)]
    assert sorted(len(s) for s in shards) == [1, 2]
    assert shards[0].keys() & shards[1].keys() == set()
    assert points(results / f"{NAME}.csv") == {"ada": 2, "ben": 0, "cleo": 2}
    assert len(list((results / NAME).glob("*.json"))) == 3
    assert (course.root / "autograded" / "ada" / NAME).is_dir()


def test_the_key_of_a_cluster_is_for_its_owner_only(tmp_path):
    subprocess.run(["bash", DEPLOY / "certificate.sh", tmp_path / "tls"], check=True)
    assert (tmp_path / "tls").stat().st_mode & 0o077 == 0
    assert (tmp_path / "tls" / "key.pem").stat().st_mode & 0o077 == 0
    config = yaml.safe_load((tmp_path / "tls" / "dask.yaml").read_text())["distributed"]["comm"]
    assert config["require-encryption"] is True
    assert Path(config["tls"]["worker"]["key"]).is_file()


def pods(document: dict) -> list[dict]:
    template = document.get("spec", {}).get("template")
    return [template] if template else []


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda p: p.name)
def test_a_manifest_fits_together(path):
    documents = list(yaml.safe_load_all(path.read_text()))
    assert all({"apiVersion", "kind", "metadata", "spec"} == d.keys() for d in documents)
    labels = [d["spec"]["template"]["metadata"]["labels"] for d in documents if pods(d)]
    for document in documents:
        selector = document["spec"].get("podSelector") or document["spec"].get("selector", {})
        chosen = selector.get("matchLabels", selector)
        assert chosen == {} or chosen in labels
        for pod in pods(document):
            spec = pod["spec"]
            volumes = {v["name"] for v in spec["volumes"]}
            assert spec["automountServiceAccountToken"] is False
            for container in [*spec["containers"], *spec.get("initContainers", [])]:
                assert {m["name"] for m in container.get("volumeMounts", [])} <= volumes
                security = container["securityContext"]
                assert security["runAsNonRoot"]
                assert not security["allowPrivilegeEscalation"]
                if "grader" in container["name"] or container["name"] in ("worker", "selftest"):
                    assert security["procMount"] == "Unmasked"
                    assert spec["hostUsers"] is False


def commands() -> list[list[str]]:
    """What the containers run, with the image's entry point where they name no command."""
    found = []
    for path in MANIFESTS:
        for pod in [p for d in yaml.safe_load_all(path.read_text()) for p in pods(d)]:
            for c in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
                words = [*c.get("command", ["dlgrade"]), *c.get("args", [])]
                if words[:2] == ["bash", "-c"]:
                    words = shlex.split(words[2].replace("exec ", ""))
                found.append([w.replace("$((JOB_COMPLETION_INDEX + 1))", "1") for w in words])
    return found


@pytest.mark.parametrize("words", commands(), ids=lambda w: "-".join(w[:4]).replace("/", "-"))
def test_a_container_runs_a_command_that_there_is(words, tmp_path):
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).touch()
    words = [w.replace("/tls/", f"{tmp_path}/") if w.startswith("/tls/") else w for w in words]
    if words[0] == "dlgrade":
        command, rest = typer.main.get_command(app).commands[words[1]], words[2:]
    else:
        assert words[:3] == ["python", "-m", "dask"]
        command, rest = pytest.importorskip(f"distributed.cli.dask_{words[3]}").main, words[4:]
    command.make_context(words[0], rest)


@pytest.mark.bad_input
def test_a_container_with_an_option_that_there_is_not_is_noticed():
    done = CliRunner().invoke(app, ["grade", "--worker-count", "4"])
    assert done.exit_code == 2
    assert "--worker-count" in done.output


@pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="the tests of the installed wheel")
def test_the_image_holds_what_its_recipe_installs():
    folder = DEPLOY / "kubernetes"
    steps = folder.joinpath("Dockerfile").read_text()
    copied = folder.joinpath("Dockerfile.dockerignore").read_text().split()
    assert copied[0] == "*"
    assert all((ROOT / name.removeprefix("!")).exists() for name in copied[1:])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {p.rstrip("*") for p in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    read = {project["project"]["readme"], *project["project"].get("license-files", [])}
    read |= {f.removeprefix("/src/") for f in re.findall(r"/src/[\w.]+", steps)}
    assert {name.removeprefix("!") for name in copied[1:]} >= packages | read | {"pyproject.toml"}
    extras = re.search(r"/src\[([\w,]+)\]", steps)[1].split(",")
    assert set(extras) <= project["project"]["optional-dependencies"].keys()
    assert re.search(r'ENTRYPOINT \["(\w+)"\]', steps)[1] in project["project"]["scripts"]


def test_every_shard_of_kubernetes_is_graded():
    text = (DEPLOY / "kubernetes" / "shards.yaml").read_text()
    [job] = [d for d in yaml.safe_load_all(text) if d["metadata"]["name"] == "dlgrade-shards"
             and d["kind"] == "Job"]  # fmt: skip
    [container] = job["spec"]["template"]["spec"]["containers"]
    count = job["spec"]["completions"]
    for index in (0, count - 1):
        shown = subprocess.run(
            ["bash", "-c", container["args"][0].replace("exec dlgrade", "echo dlgrade")],
            env={**os.environ, "JOB_COMPLETION_INDEX": str(index)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert f"--shard {index + 1}/{count} --no-gradebook" in shown.stdout


def test_the_hub_is_for_accounts_of_the_machine_and_listens_to_this_one_only():
    config = PyFileConfigLoader("jupyterhub_config.py", path=str(DEPLOY)).load_config()
    assert config.JupyterHub.bind_url == "http://127.0.0.1:8000"
    assert config.Authenticator.admin_users == {"instructor"}
    assert config.LocalAuthenticator.create_system_users is False
    assert "authenticator_class" not in config.JupyterHub  # JupyterHub's default is PAM

"""The launch scripts and manifests: read by their own readers, run with processes of this machine.

`ssh` and `sbatch` are replaced by programs that run on this machine what they are given, as the
real ones do elsewhere; the scripts, Dask, TLS, shards and the sandbox are the real ones.
"""

import csv
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from traitlets.config import PyFileConfigLoader

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

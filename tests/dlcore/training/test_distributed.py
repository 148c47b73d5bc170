"""Two workers on loopback train what one process trains, and go on after one was killed.

Run as a program by torchrun, this file is the two workers: it does all there is to do with them,
since starting them takes longer than that.
"""

import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn

from dlcore.data import two_moons
from dlcore.training import (
    EarlyStopping,
    Workers,
    WorkersFailedError,
    distribute_model,
    fit,
    load_checkpoint,
    process_group,
    ring_all_reduce,
    torchrun,
    two_workers,
    whole_state,
)

STRATEGIES = "ddp", "fsdp"
N, BATCH = 50, 7  # the last minibatch has one example, and so no row for worker 1


def run(strategy, checkpoint=None, *, epochs=4, lr=0.02, noise=None, kill_at_step=None):
    """Train with all that has a state; `noise` is the seed of dropout, which each worker has."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 3), nn.Tanh(), nn.Linear(3, 2))
    if noise is not None:
        net.append(nn.Dropout(0.1))
        torch.manual_seed(noise)
    model = distribute_model(net, strategy)
    adam = torch.optim.AdamW(model.parameters(), lr=lr)
    stopping = EarlyStopping(patience=epochs, monitor="validation_accuracy", mode="max")
    steps = 0

    def loss(outputs, targets):
        nonlocal steps
        steps += outputs.requires_grad
        if steps == kill_at_step:
            os.kill(os.getpid(), signal.SIGKILL)
        return nn.functional.cross_entropy(outputs, targets)

    history = fit(
        model,
        *two_moons(N, generator=torch.Generator().manual_seed(1)),
        loss=loss,
        optimizer=adam,
        epochs=epochs,
        batch_size=BATCH,
        validation=two_moons(31, generator=torch.Generator().manual_seed(2)),
        metrics={"accuracy": lambda z, y: (z.argmax(1) == y).double().mean()},
        early_stopping=stopping,
        checkpoint=checkpoint,
        generator=torch.Generator().manual_seed(3),
    )
    return {"history": history.as_dict(), "state": whole_state(model)}


def work(folder):
    """What each of the two workers does."""
    first = os.environ["TORCHELASTIC_RESTART_COUNT"] == "0"
    with process_group() as workers:
        kill = 3 * 8 + 5 if first and workers.rank == 1 else None
        done = {
            "killed": run("fsdp", folder / "killed.pt", noise=workers.rank, kill_at_step=kill),
            "left alone": run("fsdp", noise=workers.rank),
            **{name: run(name, folder / f"{name}.pt") for name in STRATEGIES},
            **{
                f"{name} from one": run(name, folder / f"from-one-{name}.pt") for name in STRATEGIES
            },
        }
        try:
            run("ddp", lr=0.02 + 0.01 * workers.rank)
        except ValueError as error:
            done["error"] = str(error)
        done["report"] = two_workers.report(folder / "report", workers)
        torch.save(done, folder / f"worker-{workers.rank}.pt")


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The folder that two workers leave behind, of which one was killed once."""
    folder = tmp_path_factory.mktemp("together")
    for name in STRATEGIES:
        run("ddp", folder / f"from-one-{name}.pt", epochs=2)
    torchrun(__file__, str(folder), max_restarts=1, timeout=300)
    return folder


@pytest.fixture(scope="module")
def workers_results(together):
    """What each of them found."""
    return [torch.load(together / f"worker-{rank}.pt", weights_only=True) for rank in range(2)]


def assert_close(actual, wanted):
    torch.testing.assert_close(actual["state"], wanted["state"], rtol=1e-4, atol=1e-5)
    for name, values in wanted["history"].items():
        assert actual["history"][name] == pytest.approx(values, rel=1e-4, abs=1e-6), name


@pytest.mark.reference("one process", of="dlcore.training.distribute_model")
@pytest.mark.reference("one process's state_dict", of="dlcore.training.whole_state")
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_two_workers_train_what_one_process_trains(workers_results, strategy):
    alone = run("ddp")
    for results in workers_results:
        assert_close(results[strategy], alone)


@pytest.mark.reference("one process, not killed", of="dlcore.training.torchrun")
def test_a_killed_worker_is_started_again_and_ends_with_the_same_bits(workers_results):
    for results in workers_results:
        assert results["report"]["restarts"] == 1
        assert results["killed"]["history"] == results["left alone"]["history"]
        for name, value in results["left alone"]["state"].items():
            assert torch.equal(results["killed"]["state"][name], value), name


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_two_workers_continue_what_one_process_began(workers_results, strategy):
    for results in workers_results:
        assert_close(results[f"{strategy} from one"], run("ddp"))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_one_process_continues_what_two_workers_began(together, strategy, tmp_path):
    checkpoint = tmp_path / "model.pt"
    checkpoint.write_bytes((together / f"{strategy}.pt").read_bytes())
    assert_close(run("ddp", checkpoint, epochs=6), run("ddp", epochs=6))
    assert len(load_checkpoint(checkpoint)["history"]["loss"]) == 6


def test_all_workers_know_the_same(workers_results):
    one, other = workers_results
    for name in (*STRATEGIES, "killed"):
        assert one[name]["history"] == other[name]["history"]
        assert all(
            torch.equal(one[name]["state"][k], other[name]["state"][k])
            for k in other[name]["state"]
        )


@pytest.mark.bad_input
def test_workers_with_different_settings(workers_results):
    for rank, results in enumerate(workers_results):
        assert f"worker {1 - rank} trains with" in results["error"]
        assert "'lr': 0.03" in results["error"]


def test_the_program_of_the_page(workers_results, tmp_path):
    alone = two_workers.report(tmp_path, Workers())
    assert (alone["workers"], alone["sums"]) == (1, [])
    parameters = alone["ddp"]["parameters_held"]
    held = [results["report"]["fsdp"]["parameters_held"] for results in workers_results]
    assert sum(held) == parameters
    assert max(held) < 0.6 * parameters
    for results in workers_results:
        report = results["report"]
        assert report["workers"] == 2
        assert report["ddp"]["gradient_bytes"] == 6 * 8 * [4 * parameters]
        for strategy in STRATEGIES:
            assert report[strategy]["loss"] == pytest.approx(alone["ddp"]["loss"], rel=1e-4)
        for record in report["sums"]:
            assert record["sent"] == 2 * (2 - 1) / 2 * record["bytes"]


def in_threads(size, work):
    """The result of `work(group)` for each of so many workers, which are threads here."""
    store, results = dist.HashStore(), [None] * size

    def one(rank):
        group = dist.ProcessGroupGloo(store, rank, size, timedelta(seconds=60))
        results[rank] = work(group)

    threads = [threading.Thread(target=one, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.reference("torch.sum", of="dlcore.training.ring_all_reduce")
@pytest.mark.parametrize(("size", "n"), [(1, 4), (2, 7), (3, 6), (5, 3)])
def test_a_ring_of_any_size_adds_up(size, n):
    xs = [torch.arange(n, dtype=torch.float64).view(1, n) * 10**rank for rank in range(size)]
    wanted = torch.stack(xs).sum(0)
    sent = in_threads(size, lambda group: ring_all_reduce(xs[group.rank()], group))
    assert all(torch.equal(x, wanted) for x in xs)
    assert sum(sent) == 2 * (size - 1) * 8 * n


@pytest.mark.bad_input
def test_a_tensor_with_gaps_is_no_ring():
    with pytest.raises(ValueError, match=r"contiguous, got strides \(1, 3\)"):
        ring_all_reduce(torch.ones(2, 3).T)


@pytest.mark.reference("range", of="dlcore.training.Workers")
@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("n", [1, 5, 6])
def test_shares_and_blocks_cover_every_row(size, n):
    X, y = torch.arange(2 * n).view(n, 2), torch.arange(n)
    workers = [Workers(rank, size) for rank in range(size)]
    shares = [worker.share(X, y) for worker in workers]
    assert sorted(
        label for _, y_share, count in shares for label in y_share[:count].tolist()
    ) == list(range(n))
    assert all(
        len(y_share) >= 1 and torch.equal(X_share[:, 0], 2 * y_share)
        for X_share, y_share, _ in shares
    )
    rows = torch.cat([y[worker.block(n)] for worker in workers])
    assert rows[:n].tolist() == list(range(n))
    assert len({len(y[worker.block(n)]) for worker in workers}) == 1


@pytest.mark.reference("torch.default_generator", of="dlcore.training.process_group")
def test_alone_nothing_is_exchanged():
    with process_group() as workers:
        assert workers == Workers(0, 1)
        assert not dist.is_initialized()
    net = nn.Linear(2, 1)
    assert distribute_model(net, "fsdp") is net
    assert workers.shared_generator(None) is torch.default_generator
    assert workers.collect(3) == [3]


@pytest.mark.bad_input
@pytest.mark.reference("an exit status", of="dlcore.training.WorkersFailedError")
def test_what_cannot_be_started(monkeypatch):
    with pytest.raises(ValueError, match="strategy must be 'ddp' or 'fsdp', got 'tensor'"):
        distribute_model(nn.Linear(1, 1), "tensor")
    for wrong in ({"workers": 0}, {"max_restarts": -1}):
        with pytest.raises(ValueError, match="at least 1 worker and 0 restarts are needed"):
            torchrun("this", **wrong)
    with pytest.raises(WorkersFailedError, match=r"this did not finish within 0\.1 s"):
        torchrun("this", timeout=0.1)
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(WorkersFailedError, match="this failed"):
        torchrun("this")


if __name__ == "__main__":
    torch.set_num_threads(1)
    work(Path(sys.argv[1]))

"""A model behind HTTP, asked well and badly by Python's own client."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
import torch
from torch import nn

from dlcore.deployment import (
    MicroBatcher,
    ModelServer,
    QueueFullError,
    ServingError,
    request_prediction,
    serve,
)
from dlcore.training import predict

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def network():
    """A network with three inputs."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))


@pytest.fixture(scope="module")
def server(network):
    """The network, served."""
    with serve(lambda X: predict(network, X), shape=(3,), max_batch=8) as server:
        yield server


def ask(server, method, path, body=None, headers=JSON):
    """Status, content and headers of an answer."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read()), response.headers
    finally:
        connection.close()


@pytest.mark.reference("torch.nn.Module.forward", of="dlcore.deployment.serve")
@pytest.mark.reference("http.client.HTTPConnection", of="dlcore.deployment.request_prediction")
@pytest.mark.reference("http.client.HTTPConnection", of="dlcore.deployment.ModelServer")
def test_outputs_are_the_networks(server, network):
    assert isinstance(server, ModelServer)
    X = torch.randn(5, 3)
    torch.testing.assert_close(request_prediction(server.url, X), network(X).detach())
    status, content, headers = ask(server, "POST", "/predict", json.dumps({"inputs": X.tolist()}))
    assert (status, headers["Content-Type"]) == (200, "application/json")
    torch.testing.assert_close(torch.tensor(content["outputs"]), network(X).detach())
    status, health, _ = ask(server, "GET", "/health")
    assert (status, health["status"]) == (200, "ok")
    assert health["rows_answered"] >= 10


def test_a_connection_serves_many_requests(server):
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    for _ in range(3):
        connection.request("POST", "/predict", '{"inputs": [[1, 2, 3]]}', JSON)
        assert len(json.loads(connection.getresponse().read())["outputs"]) == 1
    connection.close()


@pytest.mark.reference("http.client.HTTPResponse.status", of="dlcore.deployment.ServingError")
@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "message"),
    [
        ("POST", "/", "", JSON, 404, "only /health and /predict"),
        ("GET", "/predict", None, {}, 405, "use POST"),
        ("PUT", "/predict", "", JSON, 405, "use POST"),
        ("DELETE", "/health", None, {}, 405, "use GET"),
        ("BREW", "/predict", None, {}, 501, "Unsupported method"),
        ("POST", "/predict", "1,2,3", {"Content-Type": "text/csv"}, 415, "application/json"),
        ("POST", "/predict", iter([b"{}"]), JSON, 411, "length"),
        ("POST", "/predict", "{}", {**JSON, "Content-Length": "many"}, 400, "'many'"),
        ("POST", "/predict", "{}", {**JSON, "Content-Length": "999999999"}, 413, "16777216 bytes"),
        ("POST", "/predict", "{", JSON, 400, "not JSON"),
        ("POST", "/predict", b"\xff", JSON, 400, "not JSON"),
        ("POST", "/predict", "[" * 100_000, JSON, 400, "not JSON"),
        ("POST", "/predict", "[[1, 2, 3]]", JSON, 400, "must be an object"),
        ("POST", "/predict", '{"input": []}', JSON, 400, "must be an object"),
        ("POST", "/predict", '{"inputs": []}', JSON, 400, "1 to 8 rows of shape (3,)"),
        ("POST", "/predict", '{"inputs": 3}', JSON, 400, "got shape ()"),
        ("POST", "/predict", '{"inputs": [[1, 2]]}', JSON, 400, "got shape (1, 2)"),
        ("POST", "/predict", '{"inputs": [[1, 2, 3], [4]]}', JSON, 400, "rows of shape (3,)"),
        ("POST", "/predict", '{"inputs": [["1", "2", "3"]]}', JSON, 400, "rows of shape (3,)"),
        ("POST", "/predict", '{"inputs": [[1, 2, NaN]]}', JSON, 400, "finite"),
        ("POST", "/predict", '{"inputs": [[1, 2, 1e99]]}', JSON, 400, "finite"),
        ("POST", "/predict", json.dumps({"inputs": 9 * [[1, 2, 3]]}), JSON, 400, "1 to 8 rows"),
    ],
)
def test_bad_requests(server, method, path, body, headers, status, message):
    found, content, answered = ask(server, method, path, body, headers)
    assert found == status
    assert message in content["error"]
    assert status != 405 or answered["Allow"] in content["error"]
    assert ask(server, "GET", "/health")[0] == 200


def test_whole_numbers():
    with serve(lambda X: X * 2, shape=(2,), dtype=torch.int64) as server:
        outputs = request_prediction(server.url, torch.tensor([[2**40, 3]]))
        assert outputs.tolist() == [[2**41, 6]]
        for wrong in ([[1.5, 2.0]], [[True, False]]):
            with pytest.raises(ServingError, match="of whole numbers") as caught:
                request_prediction(server.url, torch.tensor(wrong))
            assert caught.value.status == 400


def test_a_model_that_fails():
    def fail(X):
        if X[0, 0] < 0:
            raise ArithmeticError("below zero")
        return X.log()

    with serve(fail, shape=(1,)) as server:
        for x, message in ((-1.0, "the model failed: below zero"), (0.0, "not finite")):
            with pytest.raises(ServingError, match=message) as caught:
                request_prediction(server.url, torch.tensor([[x]]))
            assert caught.value.status == 500
        assert request_prediction(server.url, torch.ones(1, 1)).tolist() == [[0.0]]


def test_slow_answers_and_a_full_queue():
    go, begun = threading.Event(), threading.Event()

    def slow(X):
        begun.set()
        go.wait(30)
        return X

    x = torch.ones(1, 1)
    with (
        serve(slow, shape=(1,), max_batch=1, max_queue=1, timeout=0.2) as server,
        ThreadPoolExecutor(2) as pool,
    ):
        first = pool.submit(request_prediction, server.url, x)
        assert begun.wait(30)
        server.batcher.submit(x)
        with pytest.raises(ServingError, match="1 requests wait already") as refused:
            request_prediction(server.url, x)
        assert refused.value.status == 503
        with pytest.raises(ServingError, match=r"no answer within 0\.2 s") as late:
            first.result(30)
        assert late.value.status == 504
        go.set()


def test_at_the_end_nothing_is_left(network):
    before = set(threading.enumerate())
    with serve(lambda X: predict(network, X), shape=(3,)) as server:
        idle = socket.create_connection(("127.0.0.1", server.server_port), timeout=30)
        request_prediction(server.url, torch.ones(1, 3))
    assert set(threading.enumerate()) == before
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(OSError, match=r"refused|reset"):
        request_prediction(server.url, torch.ones(1, 3))


@pytest.mark.reference("torch.split", of="dlcore.deployment.MicroBatcher")
@pytest.mark.reference("queue.Full", of="dlcore.deployment.QueueFullError")
def test_requests_are_computed_together():
    go, seen = threading.Event(), []

    def double(X):
        go.wait(30)
        seen.append(X[:, 0].tolist())
        return 2 * X

    with MicroBatcher(double, max_batch=4, max_wait=0.0) as batcher:
        sizes = (4, 2, 2, 1, 4, 3)
        parts = torch.arange(16.0)[:, None].split(sizes)
        answers = [batcher.submit(part) for part in parts]
        go.set()
        for part, answer in zip(parts, answers, strict=True):
            assert torch.equal(answer.result(30), 2 * part)
    assert batcher.batch_sizes == [4, 4, 1, 4, 3]
    assert [x for batch in seen for x in batch] == list(range(16))
    with pytest.raises(QueueFullError, match="no more requests are taken"):
        batcher.submit(parts[0])
    batcher.close()


def test_a_batch_that_waits_is_not_kept_from_the_end():
    batcher = MicroBatcher(lambda X: X + 1, max_wait=60.0)
    answer = batcher.submit(torch.zeros(1))
    batcher.close()
    assert answer.result(0).item() == 1


@pytest.mark.bad_input
def test_bad_input(server):
    with MicroBatcher(lambda X: X, max_batch=2) as batcher:
        for n in (0, 3):
            with pytest.raises(ValueError, match=f"a request has 1 to 2 rows, got {n}"):
                batcher.submit(torch.zeros(n, 1))
    for wrong in ({"max_batch": 0}, {"max_queue": 0}, {"max_wait": -1.0}):
        with (
            pytest.raises(ValueError, match="must be at least 1, max_wait 0, got"),
            serve(lambda X: X, shape=(1,), **wrong),
        ):
            pass
    with (
        pytest.raises(ValueError, match="timeout must be positive and finite, got 0"),
        serve(lambda X: X, shape=(1,), timeout=0),
    ):
        pass

"""The chain's node as a server that misbehaves: every question ends in its time, in one line."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from salvor.node.errors import RpcFailed
from salvor.node.rpc import Rpc

PATIENCE = 0.4  # seconds that a test gives a server


@pytest.fixture
def asked():
    """A server that answers each question by the next of these; and a connection to it."""
    servers = []

    def start(*answers, seconds=60):
        waiting = list(answers)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                waiting.pop(0)(self, question["id"])

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # a client that goes away
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        rpc = Rpc(f"http://127.0.0.1:{server.server_address[1]}/v1/hidden", seconds=seconds)
        servers.append((server, rpc))
        return rpc

    yield start
    for server, rpc in servers:
        rpc.close()
        server.shutdown()
        server.server_close()


def plain(handler, number, result="0x1", status=200):
    body = json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def silent(handler, number):
    time.sleep(4 * PATIENCE)


def drip(handler):
    """A byte now and then: no single wait is too long, all of them are."""
    for _ in range(40):
        handler.wfile.write(b"a")
        handler.wfile.flush()
        time.sleep(PATIENCE / 8)


def dripping(handler, number):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    drip(handler)


def dripping_headers(handler, number):
    drip(handler)


def page(handler, number):
    handler.send_response(502)
    body = b"<html>bad gateway</html>"
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def sent_on(handler, number):
    handler.send_response(301)
    handler.send_header("Location", "http://elsewhere.example/")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def one_line(rpc, said):
    with pytest.raises(RpcFailed) as refused:
        rpc.number("eth_blockNumber")
    assert said in refused.value.message
    assert len(refused.value.message.splitlines()) == 1
    assert "hidden" not in refused.value.message


@pytest.mark.parametrize("answer", [silent, dripping, dripping_headers])
def test_the_time_is_for_all_of_an_answer(asked, answer):
    one_line(asked(answer, seconds=PATIENCE), f"did not answer within {PATIENCE} seconds")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page, "answered 502"),
        (sent_on, "answered 301"),
        (lambda handler, number: plain(handler, number + 1), "the answer is not one to this question"),
        (lambda handler, number: plain(handler, number, [1]), "'[1]' is not a number"),
    ],
)
@pytest.mark.parametrize("kept", [False, True], ids=["new", "kept"])
def test_anything_else_is_refused_and_the_next_question_is_answered(asked, answer, said, kept):
    rpc = asked(*[plain] * kept, answer, plain)
    if kept:
        assert rpc.number("eth_blockNumber") == 1
    one_line(rpc, said)
    assert rpc.number("eth_blockNumber") == 1


def test_a_kept_connection_that_was_closed_is_opened_again(asked):
    def close(handler, number):
        plain(handler, number)
        handler.close_connection = True

    rpc = asked(close, plain)
    assert [rpc.number("eth_blockNumber") for _ in range(2)] == [1, 1]

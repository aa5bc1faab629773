"""Bytes come whole, directly and in time, or one line says why not, with nothing of the address but host and path."""

import socket
import threading
import time
from random import Random

import pytest

from salvor.node.config import load_node
from salvor.node.errors import SourceFailed
from salvor.node.fetching import fetch_file, fetch_http
from salvor.node.gathering import Gatherer, look

BODY = b"a,b\n1,2\n"
PATIENCE = 0.3  # seconds that a test gives a server


def fetch(url, seconds=5.0):
    return fetch_http("court", url, seconds=seconds, now=7)


def answering(status=200, body=BODY, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, values in ({"Content_Length": str(len(body))} | headers).items():
            for value in values if isinstance(values, tuple) else (values,):
                handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_whole_answer(served):
    found = fetch(served(answering()) + "/dockets/1/?key=hidden")
    assert (found.body, found.at, found.named_day) == (BODY, 7, None)


def chunked(handler):
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"4\r\na,b\n\r\n4\r\n1,2\n\r\n0\r\n\r\n")


def test_an_answer_in_pieces(served):
    assert fetch(served(chunked)).body == BODY


def chunked_and_cut_off(handler):
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"4\r\na,b\n\r\n4\r\n1,")


def silent(handler):
    time.sleep(4 * PATIENCE)


def dripping(handler):
    """A byte now and then: no single wait is too long, all of them are."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(40):
        try:
            handler.wfile.write(b"a")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(PATIENCE / 8)


def dripping_headers(handler):
    for _ in range(40):
        try:
            handler.wfile.write(b"H")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(PATIENCE / 8)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answering(500), "answered 500"),
        (answering(404), "answered 404"),
        (answering(204, b""), "answered 204"),
        (answering(301, Location="https://elsewhere.example/login?next=x"), "sends on to elsewhere.example; name the"),
        (answering(302, Location="/login"), "sends on to /login; name the final address"),
        (answering(200, Content_Type="text/html; charset=utf-8"), "answered with a web page, not data"),
        (answering(200, Content_Encoding="gzip"), "came packed with 'gzip', which was not asked for"),
        (answering(200, Content_Length="80"), "was cut off after 8 of 80 bytes"),
        (answering(200, Content_Length=("8", "7")), "says twice how long its answer is"),
        (answering(200, Content_Length=()), "does not say how long its answer is"),
        (chunked_and_cut_off, "was cut off"),
        (silent, f"did not answer within {PATIENCE} seconds"),
        (dripping, f"did not answer within {PATIENCE} seconds"),
        (dripping_headers, f"did not answer within {PATIENCE} seconds"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n"), "broke off (BadStatusLine)"),
        (lambda handler: None, "broke off (RemoteDisconnected)"),
    ],
)
def test_anything_else_is_refused_in_one_line(served, answer, said):
    url = served(answer)
    with pytest.raises(SourceFailed) as refused:
        fetch(f"{url}/dockets/1/?key=hidden", seconds=PATIENCE)
    assert refused.value.message.startswith(f"source 'court': {url}/dockets/1/: {said}")
    assert len(refused.value.message.splitlines()) == 1
    assert "hidden" not in refused.value.message


def test_nobody_listens_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SourceFailed, match="refused the connection"):
        fetch(f"http://127.0.0.1:{port}/")


def test_a_plain_server_is_no_secure_one(served):
    with pytest.raises(SourceFailed, match="its certificate or connection is not to be trusted"):
        fetch(served(answering()).replace("http:", "https:"))


def test_an_endless_answer_is_given_up(served, monkeypatch):
    monkeypatch.setattr("salvor.node.fetching.MOST_BYTES", 1 << 20)
    with pytest.raises(SourceFailed, match="is larger than 1 MiB"):
        fetch(served(answering(body=b"x" * ((1 << 20) + 1))))


class TestFile:
    def test_that_is_not_there(self, tmp_path):
        with pytest.raises(SourceFailed, match=r"source 'court': .*docket\.json: no such file or directory"):
            fetch_file("court", tmp_path / "docket.json", now=7)

    def test_that_is_a_folder(self, tmp_path):
        with pytest.raises(SourceFailed, match="is a directory"):
            fetch_file("court", tmp_path, now=7)

    def test_of_a_day_when_there_is_none(self, tmp_path):
        (tmp_path / "servicer-2026-02-30.csv").write_text("")
        with pytest.raises(SourceFailed, match="no file of that name and a date is there"):
            fetch_file("servicer", tmp_path / "servicer-{date}.csv", now=7)


def with_url(example, url, env="COURT_TOKEN"):
    source = example.sources["court"]
    where = type(source.where).model_validate(
        {"url": url, "headers": {"Authorization": {"env": env, "prefix": "Token "}}}
    )
    return source.model_copy(update={"where": where})


def test_a_secret_comes_from_the_environment_and_goes_into_the_header_alone(served, example, monkeypatch):
    seen = []

    def answer(handler):
        seen.append(handler.headers["Authorization"])
        answering(500)(handler)

    source = with_url(example, served(answer))
    assert "headers.Authorization: the environment has no COURT_TOKEN" in look(source, 7).failure.message
    monkeypatch.setenv("COURT_TOKEN", "s3cret")
    failure = look(source, 7).failure
    assert seen == ["Token s3cret"]
    assert "s3cret" not in failure.message + repr(source)


def test_one_slow_source_holds_up_no_other(served, example):
    """The other's values are there while the slow one is still being waited for."""
    release = threading.Event()
    slow = with_url(example, served(lambda handler: release.wait(20)))
    where = slow.where.model_copy(update={"headers": {}})
    slow = slow.model_copy(update={"where": where})
    gatherer = Gatherer([slow, example.sources["fhfa"]], example.settings.backoff, Random(1))
    gatherer.start_due(1_780_000_000)
    found = []
    while not found:
        found = list(gatherer.done(1_780_000_000))
    assert [each.source.name for each in found] == ["fhfa"]
    assert gatherer.busy
    release.set()
    gatherer.close()


def test_the_example_loads(example):
    assert [source.name for source in load_node(example.folder / "node.yaml").sources] == list(example.sources)


def endless_pieces(handler):
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    piece = b"10000\r\n" + b"x" * (1 << 16) + b"\r\n"
    try:
        while True:
            handler.wfile.write(piece)
    except OSError:
        return


def endless_headers(handler):
    handler.send_response(200)
    handler.flush_headers()
    try:
        while True:
            handler.wfile.write(b"X-More: 1\r\n" * 1_000)
    except OSError:
        return


def test_pieces_without_end_are_given_up(served, monkeypatch):
    monkeypatch.setattr("salvor.node.fetching.MOST_BYTES", 1 << 20)
    with pytest.raises(SourceFailed, match="is larger than 1 MiB"):
        fetch(served(endless_pieces))


def test_headers_without_end_are_given_up(served):
    with pytest.raises(SourceFailed, match=r"broke off \(HTTPException\)"):
        fetch(served(endless_headers))


class TestAServerThatAsksToBeLeftAlone:
    @pytest.mark.parametrize(
        ("status", "header", "wait"),
        [
            (429, "120", 120),
            (503, "7", 7),
            (429, "999999999", 86_400),
            (429, "Wed, 21 Oct 2026 07:28:00 GMT", 0),
            (429, "-5", 0),
            (429, "", 0),
            (500, "120", 0),
        ],
    )
    def test_is_heard_for_a_day_at_most(self, served, status, header, wait):
        with pytest.raises(SourceFailed, match=f"answered {status}") as refused:
            fetch(served(answering(status, Retry_After=header)))
        assert refused.value.wait == wait

    @pytest.mark.parametrize(("wait", "due"), [(3_600, 3_600), (0, 2)])
    def test_is_asked_again_when_it_said_or_when_the_backoff_is_over(self, example, wait, due):
        now = 1_780_000_000

        def refuse(source, at):
            raise SourceFailed(source.name, "example.org", "answered 429", wait=wait)

        gatherer = Gatherer([example.sources["fhfa"]], example.settings.backoff, Random(1), by=refuse)
        gatherer.start_due(now)
        while not list(gatherer.done(now)):
            pass
        assert (due if wait else due // 2) <= gatherer.next() - now <= due
        assert gatherer.backoffs["fhfa"].failures == 1
        gatherer.close()

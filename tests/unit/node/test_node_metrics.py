"""What Prometheus reads, and what a load balancer asks."""

import http.client
import re

import pytest

from salvor.errors import OptionInvalid
from salvor.node.health import HealthServer
from salvor.node.metrics import Metrics
from salvor.node.numbers import Numbers

_LINE = re.compile(r'[a-z_]+(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? -?[0-9.e+]+')


@pytest.fixture
def health():
    metrics, wrong = Metrics(), []
    numbers = Numbers(metrics)
    server = HealthServer("127.0.0.1", 0, metrics, lambda: wrong)
    yield server, numbers, wrong
    server.close()


def get(server, path, method="GET"):
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    line.request(method, path)
    answer = line.getresponse()
    content = answer.read().decode()
    line.close()
    return answer.status, content, answer.headers["Content-Type"]


def test_metrics_are_in_the_text_format(health):
    server, numbers, _ = health
    numbers.failures.add('odd "name"\\\n')
    numbers.observations.add("fhfa", by=3)
    numbers.keys.set(12)
    status, page, kind = get(server, "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = page.splitlines()
    assert 'salvor_node_source_failures_total{source="odd \\"name\\"\\\\\\n"} 1' in lines
    assert 'salvor_node_observations_total{source="fhfa"} 3' in lines
    assert "salvor_node_keys 12" in lines
    assert all(_LINE.fullmatch(line) for line in lines if not line.startswith("#"))
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))


def test_health_is_200_while_nothing_is_wrong_and_503_with_the_reasons(health):
    server, _, wrong = health
    assert get(server, "/healthz")[:2] == (200, '{"healthy": true, "complaints": []}\n')
    wrong.append("source 'court' failed 3 times in a row")
    status, page, _ = get(server, "/healthz")
    assert status == 503
    assert "source 'court' failed 3 times in a row" in page


@pytest.mark.parametrize("path", ["/", "/metrics/", "/metrics?x=1", "/../etc/passwd"])
def test_nothing_else_is_there(health, path):
    assert get(health[0], path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(health, method):
    assert get(health[0], "/metrics", method)[0] == 501


def test_a_port_that_is_taken_is_told(health):
    with pytest.raises(OptionInvalid, match=f"health: 127.0.0.1:{health[0].port} can't be listened on"):
        HealthServer("127.0.0.1", health[0].port, Metrics(), list)


def test_a_number_with_the_wrong_labels_is_a_fault():
    with pytest.raises(ValueError, match="has the labels"):
        Numbers(Metrics()).failures.add()

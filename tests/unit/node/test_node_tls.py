"""A source over https: who the server is counts, and with `ca_file` no other authority does than those in it.

`tls/make.sh` made the certificates: servers of 127.0.0.1, of elsewhere, and one whose time was over, all known to one
authority.
"""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from salvor.errors import SalvorError
from salvor.node.config import load_node
from salvor.node.errors import SourceFailed
from salvor.node.fetching import fetch_http
from salvor.node.gathering import look

TLS = Path(__file__).parent / "tls"
AUTHORITY, BODY = str(TLS / "authority.pem"), b"a,b\n1,2\n"


@pytest.fixture
def secure():
    """Starts a server with a certificate; it answers every request alike."""
    servers = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, *_):
            pass

    def start(certificate):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # a client that goes away
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(TLS / f"{certificate}.pem")
        server.socket = own.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_address[1]}/dockets/1/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def fetch(url, ca_file=AUTHORITY):
    return fetch_http("court", url, seconds=10, now=7, ca_file=ca_file)


def test_a_server_that_the_authority_knows(secure):
    assert fetch(secure("right")).body == BODY


@pytest.mark.parametrize(
    ("certificate", "ca_file"), [("right", None), ("elsewhere", AUTHORITY), ("expired", AUTHORITY)]
)
def test_another_one_is_not_to_be_trusted(secure, certificate, ca_file):
    """Of nobody whom this machine knows; of another name; over."""
    with pytest.raises(SourceFailed) as refused:
        fetch(secure(certificate), ca_file)
    assert "its certificate or connection is not to be trusted (CERTIFICATE_VERIFY_FAILED)" in refused.value.message


def test_an_authority_of_one_s_own_takes_the_place_of_all_others(secure, monkeypatch):
    """SSL_CERT_FILE stands for those that the machine knows."""
    url = secure("right")
    monkeypatch.setenv("SSL_CERT_FILE", AUTHORITY)
    assert fetch(url, None).body == BODY
    with pytest.raises(SourceFailed, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(url, str(TLS / "elsewhere.pem"))


@pytest.mark.parametrize(("name", "said"), [("none.pem", "no such file"), ("make.sh", "has no certificate")])
def test_a_file_of_no_authority(secure, name, said):
    with pytest.raises(SourceFailed, match=f"{name}: {said}"):
        fetch(secure("right"), str(TLS / name))


class TestSettings:
    def at(self, example, where):
        path = example.folder / "node.yaml"
        text, other = path.read_text(), example.folder / "tls.yaml"
        assert "from: { file: docket.json }" in text
        other.write_text(text.replace("from: { file: docket.json }", f"from: {where}"))
        return load_node(other)

    def test_name_the_file_beside_them(self, example, secure):
        url = secure("right")
        (example.folder / "authority.pem").write_bytes(Path(AUTHORITY).read_bytes())
        settings = self.at(example, f'{{ url: "{url}", ca_file: authority.pem }}')
        [court] = [source for source in settings.sources if source.name == "court"]
        assert court.where.ca_file == str(example.folder / "authority.pem")
        assert "CERTIFICATE" not in look(court, 1_780_000_000).failure.message

    @pytest.mark.parametrize("where", ['{ url: "http://a.example/", ca_file: a.pem }', "{ file: a, ca_file: a.pem }"])
    def test_name_one_for_https_only(self, example, where):
        with pytest.raises(SalvorError, match="`ca_file` is for an https address"):
            self.at(example, where)

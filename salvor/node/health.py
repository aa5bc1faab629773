"""`/metrics` and `/healthz` on a port of this machine; nothing else answers, and nothing can be changed there."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from salvor.errors import OptionInvalid
from salvor.node.metrics import Metrics

_PATIENCE = 5  # seconds for a request; who is slower is cut off


class HealthServer:
    """Runs beside the node in threads of its own. `complaints` says what is wrong; with none, the node is well."""

    def __init__(self, host: str, port: int, metrics: Metrics, complaints: Callable[[], list[str]]) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = _PATIENCE
            server_version, sys_version = "salvor-oracle-node", ""

            def do_GET(self) -> None:
                """Two pages."""
                if self.path == "/metrics":
                    self._answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text())
                elif self.path == "/healthz":
                    wrong = complaints()
                    body = json.dumps({"healthy": not wrong, "complaints": wrong}) + "\n"
                    self._answer(503 if wrong else 200, "application/json", body)
                else:
                    self._answer(404, "text/plain; charset=utf-8", "there is /metrics and /healthz\n")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
                """Prometheus asks often: no line for each."""

            def _answer(self, status: int, kind: str, body: str) -> None:
                content = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        try:
            self._server = ThreadingHTTPServer((host, port), Handler)
        except OSError as error:
            raise OptionInvalid(f"health: {host}:{port} can't be listened on: {error.strerror or error}") from None
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=_PATIENCE)

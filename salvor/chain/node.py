"""A local anvil for the length of a `with` block, and every trouble with it told in one line."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from salvor.errors import NodeMissing, NodeTrouble, PortTaken, WrongChain

if TYPE_CHECKING:
    from ape.api import ProviderAPI
    from ape.managers.networks import NetworkManager

LOCAL_CHAIN = 31337
_AUTO = "auto"  # ape-foundry then picks a port itself
_PORT = 8545  # where ape-foundry looks when the host names none
_PATIENCE = 90  # seconds until a node of ours answers


@contextmanager
def local_node(networks: NetworkManager, *, genesis: int | None = None, fork_of: str = "") -> Iterator[ProviderAPI]:
    """Connect to the configured anvil, starting one when none runs; it is gone when the block ends, however it ends.

    A started chain's clock begins at `genesis` (seconds since 1970), so that a deal of any year can be played. A fork
    begins as the chain behind the URL `fork_of` stands, with its number and its time; what happens there stays there.
    """
    from ape.exceptions import ApeException, ProviderError
    from requests.exceptions import ConnectionError as NodeGone

    if shutil.which("anvil") is None:
        raise NodeMissing
    choice = networks.parse_network_choice("ethereum:local:foundry")
    configured = choice._provider.settings.host or f"http://127.0.0.1:{_PORT}"
    host = os.environ.get("APE_FOUNDRY_HOST") or configured
    if fork_of:
        host = _AUTO  # one that runs already is no fork
    if _is_taken(host):
        _refuse_stranger(host)
    anvil = choice._provider
    # ape-foundry has no setting for the date of the first block, and forks no chain that it does not know by name.
    more = [] if genesis is None else ["--timestamp", str(genesis)]
    # Without its cache: by number and block, anvil takes one test chain for another that had both in common.
    more += ["--fork-url", fork_of, "--no-storage-caching"] if fork_of else []
    command = anvil.build_command
    object.__setattr__(anvil, "build_command", lambda: [*command(), *more])
    if host == _AUTO:
        # Ape would draw a port blindly, among those that every outgoing connection takes too, and wait for a node that
        # could not open it; on a busy machine its 20 seconds pass even before one that could has begun.
        anvil._host = f"http://127.0.0.1:{_free_port()}"
        object.__setattr__(anvil, "start", partial(anvil.start, timeout=_PATIENCE))
    try:
        provider = choice.__enter__()
    except (ApeException, OSError) as error:
        raise NodeTrouble(str(error).splitlines()[0]) from None
    try:
        if host == _AUTO:
            refuse_foreign_node(provider.process, provider.uri)
        if not fork_of and provider.chain_id != LOCAL_CHAIN:
            raise WrongChain(provider.chain_id, LOCAL_CHAIN)
        yield provider
    except (ProviderError, NodeGone, ConnectionError) as error:
        raise NodeTrouble((str(error) or type(error).__name__).splitlines()[0]) from None
    finally:
        choice.__exit__(None)


def refuse_foreign_node(process: Popen[Any] | None, url: str) -> None:
    """Ape picks a port without looking; whatever answers there must be the process that it started."""
    if process is None or process.poll() is not None or not listens(process.pid, urlsplit(url).port or _PORT):
        raise NodeTrouble(f"another program's anvil answers at {url}, which was picked for ours; run the command again")


def listens(pid: int, port: int) -> bool:
    """Whether this process has the port open; where the system does not say, it is believed."""
    table, mine = Path("/proc/net/tcp"), Path(f"/proc/{pid}/fd")
    if not table.exists():
        return True
    rows = (line.split() for line in table.read_text().splitlines()[1:])
    open_there = {f"socket:[{row[9]}]" for row in rows if int(row[1].split(":")[1], 16) == port}
    with suppress(OSError):  # it ends while it is looked at
        for each in mine.iterdir():
            with suppress(OSError):  # it closes a file
                if str(each.readlink()) in open_there:
                    return True
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _is_taken(host: str) -> bool:
    """Whether something listens there already; `auto` picks a free port itself."""
    if host == _AUTO:
        return False
    url = urlsplit(host if "//" in host else f"http://{host}")
    try:
        with socket.create_connection((url.hostname or "127.0.0.1", url.port or _PORT), timeout=2):
            return True
    except OSError:
        return False


def _refuse_stranger(host: str) -> None:
    """An anvil that runs already may be used; anything else on its port is named."""
    from web3 import HTTPProvider, Web3

    url = host if "//" in host else f"http://{host}"
    try:
        version = Web3(HTTPProvider(url, request_kwargs={"timeout": 5})).client_version
    except Exception:  # whatever it answers, it is no Ethereum node
        raise PortTaken(url) from None
    if "anvil" not in version.lower():
        raise PortTaken(url)

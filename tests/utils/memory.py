"""How much memory opening a file takes, measured in a process of its own."""

import subprocess
import sys

PEAK = """
import sys, resource, tempfile
from pathlib import Path
from salvor.errors import SalvorError
from salvor.tape.files.opening import open_table
from salvor.tape.plan import FileStyle
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with tempfile.TemporaryDirectory() as scratch:
    try:
        open_table(Path(sys.argv[1]), scratch=Path(scratch), style=FileStyle())
        print("opened")
    except SalvorError as error:
        print(error.message)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def peak(path):
    """What opening a file says, and by how many MB it makes a process grow."""
    done = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, text=True, check=True)
    told, grown = done.stdout.splitlines()
    return told, int(grown)

"""How much memory opening or checking a file takes, measured in a process of its own."""

import subprocess
import sys

# By the kernel's mark for this program alone: the usual one, ru_maxrss, starts at what the test itself has taken.
HIGHEST = """
from pathlib import Path

def highest():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
"""
PEAK = (
    HIGHEST
    + """
import sys, tempfile
from salvor.errors import SalvorError
from salvor.tape.files.opening import open_table
from salvor.tape.plan import FileStyle
before = highest()
with tempfile.TemporaryDirectory() as scratch:
    try:
        open_table(Path(sys.argv[1]), scratch=Path(scratch), style=FileStyle())
        print("opened")
    except SalvorError as error:
        print(error.message)
print((highest() - before) >> 10)
"""
)


def peak(path):
    """What opening a file says, and by how many MB it makes a process grow."""
    done = subprocess.run([sys.executable, "-c", PEAK, path], capture_output=True, text=True, check=True)
    told, grown = done.stdout.splitlines()
    return told, int(grown)


CHECK = (
    HIGHEST
    + """
import resource, sys, tempfile
from salvor.errors import SalvorError
from salvor.tape.check import check_tape
from salvor.tape.plan import TapeMapping
before = highest()
mapping = TapeMapping.model_validate_json(sys.argv[2])
with tempfile.TemporaryDirectory() as out:
    try:
        print(check_tape(Path(sys.argv[1]), mapping, decimals=2, out=Path(out)).totals.rows_accepted)
    except SalvorError as error:
        print(error.message)
print(max(highest() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) >> 10)
"""
)


def peak_of_check(path, mapping):
    """What checking a tape says, or how many rows it accepts, and the MB that it or a process of its takes."""
    said = mapping.model_dump_json(exclude_defaults=True, by_alias=True)
    done = subprocess.run([sys.executable, "-c", CHECK, path, said], capture_output=True, text=True, check=True)
    told, grown = done.stdout.splitlines()
    return told, int(grown)

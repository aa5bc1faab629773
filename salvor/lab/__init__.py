"""Where properties are proved: one suite, three engines, at the speed of the machine."""

from salvor.lab.actors import Actor
from salvor.lab.lab import Lab, open_lab

__all__ = ["Actor", "Lab", "open_lab"]

"""What the project stands on: set-up, the environment of every process, and the doctor.

Everything in this folder runs on the standard library alone, because it runs before anything is installed.
"""

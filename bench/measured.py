"""Runs one command and writes its wall seconds, processor seconds, largest resident KiB and status to a file.

A process of its own, started with -I -S: a child's peak memory is never reported below that of the process it was
forked from, which for a bare interpreter is some 10 MB.
"""
import os
import sys
import time

result, *command = sys.argv[1:]
began = time.monotonic()
pid = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(pid, 0)
wall = time.monotonic() - began
with open(result, "w", encoding="ascii") as file:
    file.write(f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}")

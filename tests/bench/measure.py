"""What the kernel says of processes: CPU time, memory. And medians."""

import os
import pathlib
import statistics

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of a living process, all its threads, ended ones too; 10 ms steps."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def run_seconds(pid):
    """Time on a processor of the living threads, in nanosecond steps: for idle processes."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            pass  # the thread has ended since
    return total / 1e9


def memory_kib(pid):
    """Proportional and private resident memory, as (pss, private)."""
    pss = private = 0
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, value = line.split()[:2]
        if key == "Pss:":
            pss = int(value)
        elif key in ("Private_Clean:", "Private_Dirty:"):
            private += int(value)
    return pss, private


def total_memory_mib(pids):
    """Sums over the processes that have not ended meanwhile, as (pss, private)."""
    figures = [memory_kib(pid) for pid in pids if pathlib.Path(f"/proc/{pid}").exists()]
    return sum(f[0] for f in figures) / 1024, sum(f[1] for f in figures) / 1024


def spread(values):
    """`median [min..max]`, three significant digits."""
    return f"{statistics.median(values):.3g} [{min(values):.3g}..{max(values):.3g}]"


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Report:
    """The table that the benchmark ends with."""

    def __init__(self):
        self._rows = []

    def add(self, what, figure, goal=None, met=None):
        row = (what, figure, goal or "", "" if met is None else ("yes" if met else "NO"))
        self._rows.append(row)
        print("  " + " · ".join(part for part in row if part), flush=True)

    def show(self):
        print("\n| measure | figure | goal | met |\n|---|---|---|---|")
        for row in self._rows:
            print("| " + " | ".join(row) + " |")

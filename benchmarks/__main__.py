"""All benchmarks, or one: `make bench`, `make bench ARGS="turns --quick"`.

    turns     how long residents wait, and how many can be served (docs/performance.md)
    search    the search beside three other engines (docs/search-benchmark.md)
    pages     weight and time of every page (docs/pages.md)

What follows the name goes to that benchmark; `--help` there says what it takes.
"""

import sys
from collections.abc import Callable, Sequence

from benchmarks import pages, search
from benchmarks.turns import __main__ as turns

BENCHMARKS: dict[str, Callable[[Sequence[str]], int]] = {
    "turns": turns.main,
    "search": search.main,
    "pages": pages.main,
}


def main(arguments: Sequence[str]) -> int:
    if not arguments:
        return max(run([]) for run in BENCHMARKS.values())
    name, *rest = arguments
    if name not in BENCHMARKS:
        sys.stderr.write(f"{__doc__ or ''}\n")
        return 2
    return BENCHMARKS[name](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

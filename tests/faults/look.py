"""Looks at an address ten times a second until standard input ends: `python -m tests.faults.look URL KEY`.

A process of its own, so that what it measures is not its neighbours' waiting for the interpreter. Prints the seconds as JSON.
"""

from __future__ import annotations

import json
import select
import sys
import time

import httpx

PAUSE_SECONDS = 0.1


def main() -> None:
    url, key = sys.argv[1:]
    seen: list[float] = []
    with httpx.Client(headers={"X-API-Key": key}, timeout=60, trust_env=False) as http:
        while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
            begun = time.monotonic()
            http.get(url).raise_for_status()
            seen.append(time.monotonic() - begun)
    print(json.dumps(seen))


if __name__ == "__main__":
    main()

"""Known vulnerabilities of what is installed, by pip-audit: `python -m tests.audit`.

Ends with 1 where there are some. Where no advisories can be fetched it says so and ends with 0, unless EARMARK_AUDIT=required.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

COMMAND = (sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--skip-editable", "--timeout", "10")

PATIENCE_SECONDS = 180


def main() -> int:
    code, said = verdict(_report(), required=os.environ.get("EARMARK_AUDIT") == "required")
    sys.stdout.write(f"audit: {said}\n")
    return code


def verdict(report: str, *, required: bool = False) -> tuple[int, str]:
    """The exit code and what to say, of pip-audit's JSON; anything else is a report that could not be made.

    A package that the service of advisories does not know was not looked at: a mirror without advisories knows none.
    """
    try:
        dependencies: list[Any] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return int(required), "NOT DONE: no advisories could be fetched (no network?)"
    looked_at = [d for d in dependencies if "skip_reason" not in d]
    left_out = [d["name"] for d in dependencies if "skip_reason" in d]
    found = [f"{d['name']} {d['version']}: {v['id']}" for d in looked_at for v in d.get("vulns", [])]
    if found:
        return 1, f"{len(found)} known vulnerabilities: {'; '.join(found)}"
    if not looked_at:
        return int(required), f"NOT DONE: there are advisories for none of {len(left_out)} packages where pip-audit asks"
    unknown = f"; not looked at, for nothing is known of them there: {', '.join(left_out)}" if left_out else ""
    return 0, f"{len(looked_at)} packages, no known vulnerability{unknown}"


def _report() -> str:
    try:
        return subprocess.run(COMMAND, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False).stdout
    except (subprocess.TimeoutExpired, OSError):
        return ""


if __name__ == "__main__":
    sys.exit(main())

"""Web and e-mail addresses in what is known of an episode: nobody says them, but their parts are spelled right."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDS = "com|org|net|io|ai|dev|fm|co|app|tv|eu|edu|gov|uk|de|fr|nl"
_ADDRESS = re.compile(
    rf"""(?:https?://|www\.)[^\s<>"']+                          # whatever begins like one
      | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+               # e-mail
      | (?<![\w.@-])(?:[\w-]+\.)+(?:{_ENDS})/[^\s<>"']+
      | (?<![\w.@-])(?:[a-z0-9-]+\.)+(?:{_ENDS})\b(?![\w@-]|\.\w)  # without a path, in small letters: Booking.com is a name""",
    re.VERBOSE,
)
_BEFORE_HOST = re.compile(r"^https?://|^www\.")
_AFTER_PATH = re.compile(r"[?#].*$")
_SUFFIX = re.compile(r"\.\w{2,4}$")
_NOT_OF_PATH = re.compile(r"[\W_]+")
_NO_NAMES = frozenset({"www", "com", "co", "org", "net", "ac", "gov", "edu"})


def addresses(text: str) -> list[str]:
    """Every address in the text, those in the tags of HTML, too.

    >>> addresses('See <a href="https://betaworks.com/about">this</a>, or ask theo@moodstocks.com.')
    ['https://betaworks.com/about', 'theo@moodstocks.com']
    """
    return [match.rstrip(".,;:!?)]}") for match in _ADDRESS.findall(text)]


def without_addresses(text: str) -> str:
    r"""The text, a line break in place of every address.

    >>> without_addresses("More on betaworks.com/about than on Booking.com")
    'More on \n than on Booking.com'
    """
    return _ADDRESS.sub("\n", text)


def host_parts(address: str) -> Iterator[str]:
    """The labels of its host that may be names.

    >>> list(host_parts("https://www.betaworks.com/about")), list(host_parts("theo@news.bbc.co.uk"))
    (['betaworks'], ['news', 'bbc'])
    """
    host = _BEFORE_HOST.sub("", address.rpartition("@")[2] if "//" not in address else address).partition("/")[0].partition(":")[0]
    yield from (label for label in host.split(".")[:-1] if label and label not in _NO_NAMES)


def path_parts(address: str) -> Iterator[str]:
    """The words of its path, or before the @; not numbers and codes.

    >>> list(path_parts("https://github.com/karpathy/nanoGPT?tab=1")), list(path_parts("theo.jaffee@moodstocks.com"))
    (['karpathy', 'nanoGPT'], ['theo', 'jaffee'])
    """
    if "@" in address and "//" not in address:
        written = address.rpartition("@")[0]
    else:
        written = _SUFFIX.sub("", _AFTER_PATH.sub("", _BEFORE_HOST.sub("", address).partition("/")[2]))
    yield from (part for part in _NOT_OF_PATH.split(written) if part.isalpha())

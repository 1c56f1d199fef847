"""What CTranslate2 and torch need of CUDA, and whether it is there. They may want different majors of it.

Both wheels carry the CUDA runtime or have it beside them; what CTranslate2 opens by name when it first works is cuBLAS, which its wheel
does not bring. The majors differ in the names of their files and of their symbols (`libcublas.so.12`, `.13`): they do not touch each other,
and at work the two are in processes of their own (decision 80).
"""

from __future__ import annotations

import ctypes
import logging
import mmap
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

logger = logging.getLogger(__name__)

_CUBLAS = re.compile(rb"libcublas\.so\.(\d+)")


@dataclass(frozen=True, slots=True)
class Needs:
    """What one library wants: the CUDA major (None: built without), and those of its libraries that cannot be loaded here."""

    library: str
    major: int | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """NVIDIA's driver: the newest CUDA that it can serve."""

    major: int
    minor: int


def driver() -> Driver | None:
    """None where there is none, or none that answers."""
    version = ctypes.c_int()
    try:
        failed = ctypes.CDLL("libcuda.so.1").cuDriverGetVersion(ctypes.byref(version))
    except OSError:
        return None
    return None if failed else Driver(version.value // 1000, version.value % 1000 // 10)


def of_ctranslate2() -> Needs:
    library, major = f"CTranslate2 {distribution('ctranslate2').version}", _cublas_of_ctranslate2()
    if major is None:
        return Needs(library, None)
    find_cublas()
    return Needs(library, major, _missing((f"libcublasLt.so.{major}", f"libcublas.so.{major}")))


def of_torch() -> Needs:
    import torch  # noqa: PLC0415  seconds

    library = f"torch {torch.__version__}"
    if torch.version.cuda is None:
        return Needs(library, None)
    major = int(torch.version.cuda.partition(".")[0])
    return Needs(library, major, _missing((f"libcublas.so.{major}", "libcudnn.so.9")))


@cache
def find_cublas() -> None:
    """Load CTranslate2's cuBLAS from the package nvidia-cublas-cu12 if it is installed: a library that is loaded is found by its name.

    Without it the system's is found, or none. Call it before CTranslate2 works on a GPU.
    """
    major = _cublas_of_ctranslate2()
    folder = find_spec("nvidia")
    for name in (f"libcublasLt.so.{major}", f"libcublas.so.{major}"):  # the first is needed by the second
        for place in folder.submodule_search_locations or () if folder else ():
            for path in Path(place).glob(f"*/lib/{name}"):
                with suppress(OSError):
                    ctypes.CDLL(str(path))
                    logger.debug("cuBLAS for CTranslate2 is %s", path)


@cache
def _cublas_of_ctranslate2() -> int | None:
    """The major of the cuBLAS that CTranslate2 opens: nothing but its own library says so."""
    found = find_spec("ctranslate2")
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    for library in (*package.parent.glob("ctranslate2.libs/libctranslate2*.so*"), *package.glob("*.so*")):
        with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if named := _CUBLAS.search(content):
                return int(named[1])
    return None


def _missing(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if not _loads(name))


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True

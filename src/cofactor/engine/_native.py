"""Machine code: LLVM IR compiled for this processor through llvmlite, kept in the user's cache folder.

A cached object is used only when its folder and file belong to the user, nobody else can write them, and its SHA-256 is the
one recorded when it was written. `COFACTOR_CACHE=off` turns the cache off.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

_FOLDER_MODE = 0o700


@lru_cache(maxsize=1)
def _ready() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@lru_cache(maxsize=1)
def lane_count() -> int:
    """Doubles the processor handles at once: 8 with AVX-512, 4 with AVX2, 2 with NEON or SSE2."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f") and features.get("avx512dq"):
        return 8
    if features.get("avx2") and features.get("fma"):
        return 4
    return 2


class Native:
    """Loaded machine code; functions are looked up by name as addresses."""

    def __init__(self, engine: llvm.ExecutionEngine):
        self._engine = engine

    def function(self, name: str, kind: Callable) -> Callable:
        """The function of that name as a ctypes function of prototype `kind`; calls release the GIL."""
        return kind(self._engine.get_function_address(name))


def load(key: str, write: Callable[[], str]) -> Native:
    """Machine code for the IR that `write` gives, from the cache where `key` (what the IR is made from) is known there."""
    _ready()
    machine = _machine()
    whole = hashlib.sha256("\n".join([key, _tools()]).encode()).hexdigest()
    stored = _read(whole)
    if stored is None:
        stored = machine.emit_object(_optimised(write(), machine))
        _write(whole, stored)
    empty = llvm.parse_assembly("")
    empty.triple = machine.triple
    engine = llvm.create_mcjit_compiler(empty, machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(stored))
    engine.finalize_object()
    return Native(engine)


def _machine() -> llvm.TargetMachine:
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=1, jit=True
    )


def _tools() -> str:
    """What else decides the machine code."""
    version = ".".join(map(str, llvm.llvm_version_info))
    host = [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten(), llvm.get_default_triple()]
    return "\n".join([llvmlite.__version__, version, *host, _own_source()])


@lru_cache(maxsize=1)
def _own_source() -> str:
    """A digest of the engine's own files: a changed engine never finds the code of an older one."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _optimised(text: str, machine: llvm.TargetMachine) -> llvm.ModuleRef:
    """The module with variables in registers and no more: emission has shared, ordered and fused what there is.

    Coupled body: compile 2.0 -> 0.9 s of CPU against all passes and a thorough back end, runs 4 % longer.
    """
    module = llvm.parse_assembly(text)
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=0)))
    return module


# -- the cache --------------------------------------------------------------------------------------------------------------


def cache_folder() -> Path | None:
    """Where compiled code is kept, or None when the cache is off."""
    setting = os.environ.get("COFACTOR_CACHE", "")
    if setting == "off":
        return None
    if setting:
        return Path(setting)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "cofactor" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))) / "cofactor"


def _read(name: str) -> bytes | None:
    folder = cache_folder()
    if folder is None or not _is_ours(folder):
        return None
    file = folder / f"{name}.o"
    try:
        if not _is_ours(file):
            return None
        content = file.read_bytes()
    except OSError:
        return None
    digest, stored = content[:64], content[64:]
    return stored if hashlib.sha256(stored).hexdigest().encode() == digest else None


def _is_ours(path: Path) -> bool:
    """Owned by this user and writable by nobody else."""
    try:
        status = path.stat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _write(name: str, stored: bytes) -> None:
    """Write atomically; a cache that cannot be written is only slower."""
    folder = cache_folder()
    if folder is None:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        if not _is_ours(folder):
            return
        handle, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(stored).hexdigest().encode() + stored)
        os.replace(temporary, folder / f"{name}.o")


VOID_OF_WORKSPACE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
RUN = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)

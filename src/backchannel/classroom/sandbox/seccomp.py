"""The calls to the Linux kernel that nothing in the sandbox may make, as a seccomp filter.

Namespaces and limits leave some doors open, and each of these closes one of them:

* memory that no limit of a process counts (``memfd_create``, ``shmget``, ``msgget``, ``mq_open``),
* families of sockets that have no namespace, such as those to the host of a virtual machine,
* keys of the instructor's session (``keyctl``), and limits of another process (``prlimit64``),
* looking into other processes, new namespaces and mounts, and parts of the kernel that have often had holes.

The form is classic BPF as in ``Documentation/userspace-api/seccomp_filter.rst`` of the Linux source; the
numbers are those of ``asm/unistd.h``.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Mapping

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST, _THIRD = 0, 4, 16, 32  # offsets in ``struct seccomp_data``, little-endian
_FOREIGN = 0x40000000  # numbers from here on belong to the x32 interface
_NAMESPACES = 0x7E020000  # the flags of ``clone`` that make new namespaces
_UNIX, _INET, _INET6, _NETLINK, _ROUTE = 1, 2, 10, 16, 0  # ``socket.h``, ``netlink.h``

# Of every call its number on x86-64 and on the architectures with the generic table.
_REFUSED = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
_CLONE, _CLONE3, _SOCKET, _PRLIMIT = (56, 220), (435, 435), (41, 198), (302, 261)
# Name of the machine as Python knows it: its number in ``linux/audit.h`` and its column above.
_MACHINES: Mapping[str, tuple[int, int]] = {
    "x86_64": (0xC000003E, 0),
    "aarch64": (0xC00000B7, 1),
    "riscv64": (0xC00000F3, 1),
}


def is_known(machine: str | None = None) -> bool:
    """Tell whether there is a filter for this kind of processor, or for the one named."""
    return (machine or platform.machine()) in _MACHINES


def filter_program(machine: str | None = None) -> bytes:
    """Return the filter for this kind of processor, or for the one named, as bubblewrap takes it.

    Refused calls fail with EPERM, sockets of other families with EAFNOSUPPORT. ``clone3`` hides its flags
    from filters; it fails with ENOSYS, whereupon the C library uses ``clone``.
    """
    architecture, column = _MACHINES[machine or platform.machine()]
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        *_fail_unless(_EQUAL, architecture, errno.ENOSYS),
        _step(_LOAD, _NUMBER),
        *_fail_if(_AT_LEAST, _FOREIGN, errno.ENOSYS),
        *_fail_if(_EQUAL, _CLONE3[column], errno.ENOSYS),
    ]
    for numbers in _REFUSED.values():
        steps += _fail_if(_EQUAL, numbers[column], errno.EPERM)
    steps += _with_argument(_CLONE[column], _fail_if(_ANY_BIT, _NAMESPACES, errno.EPERM))
    steps += _with_argument(_PRLIMIT[column], _fail_unless(_EQUAL, 0, errno.EPERM))
    steps += _with_argument(_SOCKET[column], _sockets())
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _sockets() -> list[bytes]:
    """Let pass the families whose sockets stay in the sandbox; ZeroMQ asks for interfaces by netlink."""
    rest = [
        *_fail_unless(_EQUAL, _NETLINK, errno.EAFNOSUPPORT),
        _step(_LOAD, _THIRD),
        *_fail_unless(_EQUAL, _ROUTE, errno.EAFNOSUPPORT),
    ]
    families = (_UNIX, _INET, _INET6)
    passed = range(len(families) - 1 + len(rest), -1, -1)
    return [*(_step(_EQUAL, family, left, 0) for family, left in zip(families, passed, strict=False)), *rest]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return one instruction; the last two say how many instructions to pass over."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _fail_if(test: int, value: int, error: int) -> list[bytes]:
    return [_step(test, value, 0, 1), _step(_RETURN, _ERRNO | error)]


def _fail_unless(test: int, value: int, error: int) -> list[bytes]:
    return [_step(test, value, 1, 0), _step(_RETURN, _ERRNO | error)]


def _with_argument(number: int, steps: list[bytes]) -> list[bytes]:
    """Apply steps to the first argument of one call; what they let pass is allowed."""
    inner = [_step(_LOAD, _FIRST), *steps, _step(_RETURN, _ALLOW)]
    return [_step(_EQUAL, number, 0, len(inner)), *inner]

"""Notebooks that do harm, or try to, each with what a grader must see of it.

``places.json`` in the working folder names what a stranger could not know: where the course and the class lie
on the machine that grades, a port and a socket that listen there, and the process that started the sandbox.
Each notebook also has an honest cell before the hostile ones and one after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

CANARY = "CANARY-5f1d"  # stands in every file that a submission must not read
BEFORE = 'print("honest before")'
AFTER = 'print("honest after")'
_PLACES = "import json, os, pathlib\nplaces = json.loads(pathlib.Path('places.json').read_text())\n"


@dataclass(frozen=True)
class Hostile:
    """A hostile notebook.

    Attributes:
        name: in a few words.
        cells: sources of the hostile code cells.
        finding: part of the sentence that tells of it; empty where nothing had to be stopped or left out.
        error: name of the error that a cell must end with; empty where none has to.
        shows: what the outputs must hold.
        goes_on: whether the cells after it are run.
        cell_seconds: how long a cell may take; little where it takes all it gets.
    """

    name: str
    cells: tuple[str, ...]
    finding: str = ""
    error: str = ""
    shows: str = ""
    goes_on: bool = True
    cell_seconds: float = 20.0


def _stopped(name: str, source: str, finding: str, shows: str = "") -> Hostile:
    return Hostile(name, (dedent(source),), finding=finding, shows=shows, goes_on=False)


def _endless(name: str, source: str, finding: str = "took longer than 1 s", shows: str = "") -> Hostile:
    return Hostile(name, (dedent(source),), finding=finding, shows=shows, goes_on=False, cell_seconds=1.0)


def _fails(name: str, source: str, error: str) -> Hostile:
    return Hostile(name, (dedent(source),), error=error)


def _goes_on(name: str, source: str, shows: str, finding: str = "") -> Hostile:
    return Hostile(name, (_PLACES + dedent(source),), shows=shows, finding=finding)


TIME = (
    _endless("endless loop", "while True: pass", shows="KeyboardInterrupt"),
    _endless(
        "endless loop that does not hear interrupts",
        """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True: pass
        """,
    ),
    _endless(
        "endless loop in C, which interrupts do not reach",
        "import re; re.match('(a+)+$', 'a' * 60 + 'b')",
    ),
    _endless("sleep", "import time; time.sleep(1000)", shows="KeyboardInterrupt"),
    _endless("endless print", "while True: print('x' * 1000)", shows="xxxx"),
    _endless("wait for a program", "!sleep 1000"),
    _endless(
        "kernel that closes its sockets",
        "import os; [os.close(n) for n in range(3, 200) if os.path.exists(f'/proc/self/fd/{n}')]",
        "The notebook was stopped in the code cell 2",
    ),
    _endless(
        "every process stopped",
        "import os, signal; os.kill(0, signal.SIGSTOP)",
    ),
)

PROCESSES = (
    _stopped(
        "fork bomb",
        """
        import os
        while True:
            try: os.fork()
            except OSError: pass
        """,
        "processes and threads",
    ),
    _endless(
        "fork bomb of the shell, which dies down and comes back",
        "!bomb() { bomb | bomb & }; bomb; sleep 100",
        "The notebook was stopped in the code cell 2",
    ),
    _stopped(
        "thread bomb",
        """
        import threading, time
        while True:
            try: threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
            except RuntimeError: pass
        """,
        "processes and threads",
    ),
    Hostile(
        "daemon that wants to outlive",
        (
            """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: time.sleep(0.01)
    os._exit(0)
print("left behind")
""",
        ),
        shows="left behind",
    ),
    _stopped("exit past Python", "import os; os._exit(3)", "exit code 3"),
    _stopped("kill oneself", "import os; os.kill(os.getpid(), 9)", "SIGKILL"),
    _fails("kill everybody else", "import os; os.kill(-1, 9)", "ProcessLookupError"),
    _stopped("segmentation fault", "import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    _stopped("abort", "import os; os.abort()", "SIGABRT"),
    _goes_on(
        "kill process 1",
        """
        import os, signal
        for number in signal.Signals:
            os.kill(1, number)
        print("process 1 was sent everything")
        """,
        shows="process 1 was sent everything",
    ),
)

MEMORY = (
    _fails("memory hog", "hog = [bytearray(2**20) for _ in range(10**5)]", "MemoryError"),
    _fails("memory hog at once", "hog = bytearray(2**40)", "MemoryError"),
    _stopped(
        "memory hog spread over children",
        """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                hog = bytearray(100 * 2**20)
                for place in range(0, len(hog), 4096): hog[place] = 1
                time.sleep(1000)
        time.sleep(1000)
        """,
        "MB of memory",
    ),
    _stopped(
        "memory shared between processes",
        """
        import mmap, time
        hog = mmap.mmap(-1, 2**29)
        for place in range(0, 2**29, 4096): hog[place] = 1
        time.sleep(1000)
        """,
        "MB of memory",
    ),
    _fails("memory in files without a name", "import os; os.memfd_create('hog')", "PermissionError"),
    _goes_on(
        "shared memory of System V",
        """
        import ctypes
        library = ctypes.CDLL(None, use_errno=True)
        print("shmget:", library.shmget(0, 2**30, 0o1600), os.strerror(ctypes.get_errno()))
        """,
        shows="shmget: -1 Operation not permitted",
    ),
    _fails(
        "deep recursion",
        "import sys; sys.setrecursionlimit(200)\ndef deeper(): return deeper()\ndeeper()",
        "RecursionError",
    ),
    _stopped(
        "deep recursion in C",
        """
        import sys, threading
        sys.setrecursionlimit(10**9)
        import pickle
        class Deep:
            def __reduce__(self): return (Deep, (Deep(),))
        pickle.dumps(Deep())
        """,
        "The notebook was stopped in the code cell 2",
    ),
)

FILES = (
    _fails("huge file", "open('huge', 'wb').write(bytes(20 * 2**20))", "OSError"),
    _fails("sparse file", "open('sparse', 'wb').truncate(2**40)", "OSError"),
    _fails(
        "many large files",
        """
        for n in range(100):
            with open(f'large-{n}', 'wb') as file: file.write(bytes(3 * 2**20))
        """,
        "OSError",
    ),
    _stopped(
        "a million small files",
        """
        for n in range(10**6): open(f'small-{n}', 'w').close()
        import time; time.sleep(1000)
        """,
        "files",
    ),
    _stopped(
        "a million folders, one in the other",
        """
        import os, time
        for n in range(10**6):
            os.mkdir('d'); os.chdir('d')
        time.sleep(1000)
        """,
        "files",
    ),
    _fails("hog of open files", "hog = [open('places.json') for _ in range(10**5)]", "OSError"),
    _goes_on(
        "files everywhere else",
        """
        def planted(folder):
            try: (folder / "planted.py").write_text("harm")
            except OSError: return 0
            return 1
        import sys, backchannel
        folders = [pathlib.Path(name) for name in (
            "/", "/dev", "/dev/shm", "/etc", "/home", "/root", "/usr/bin", "/var/tmp", "/run", "/sys",
            "/course", "/course/src", os.environ["BACKCHANNEL_COURSE_DATA"], sys.prefix, sys.base_prefix,
            places["project"], places["class"], *sys.path)]
        folders = [folder for folder in folders if not folder.resolve().is_relative_to("/tmp")]
        folders.append(pathlib.Path(backchannel.__file__).parent)
        print("planted:", sum(map(planted, folders)))
        """,
        shows="planted: 0",
    ),
    _goes_on(
        "journal written while grading",
        "pathlib.Path('journal.jsonl').write_text('{}')\nprint('rewritten')",
        shows="rewritten",
    ),
)

OUTPUTS = (
    _goes_on("twenty megabytes of text", "print('x' * 2 * 10**7)", shows="xxxx", finding="left out"),
    _goes_on(
        "twenty megabytes as a value",
        """
        class Large:
            def __repr__(self): return 'x' * 2 * 10**7
        display(Large())
        print('done')
        """,
        shows="done",
        finding="left out",
    ),
    _goes_on(
        "twenty megabytes of HTML",
        """
        from IPython.display import HTML
        display(HTML('<p>' * 10**7))
        print('done')
        """,
        shows="done",
        finding="left out",
    ),
    _endless(
        "a million outputs", "for n in range(10**6): display(n)\nimport time; time.sleep(1000)", shows="7"
    ),
    _goes_on(
        "output on raw descriptors",
        """
        import time
        for number in (1, 2): os.write(number, b'raw words\\n')
        time.sleep(0.3)
        """,
        shows="raw words",
    ),
    _goes_on(
        "halves of characters and controls",
        """
        from ipykernel.kernelapp import IPKernelApp
        kernel, pack = IPKernelApp.instance().kernel, json.dumps
        header = {**kernel.get_parent()["header"], "msg_type": "stream", "date": ""}
        text = r'{"name": "stdout", "text": "half \\ud800 zero \\u0000 bell \\u0007 title \\u001b]0;x end"}'
        parent = pack({**kernel.get_parent()["header"], "date": ""}).encode()
        kernel.session.send_raw(kernel.iopub_socket, [pack(header).encode(), parent, b"{}", text.encode()])
        """,
        shows="half ? zero \ufffd bell \ufffd title \ufffd]0;x end",
    ),
    _goes_on(
        "scripts",
        """
        from IPython.display import HTML, Javascript
        display(Javascript('alert(1)'), HTML('<script>alert(1)</script><img src=x onerror=alert(1)>seen'))
        """,
        shows="seen",
    ),
    _goes_on(
        "a picture that is none, and one too large",
        """
        from IPython.display import display
        import base64, struct
        large = b'\\x89PNG\\r\\n\\x1a\\n' + struct.pack('>I4sII', 13, b'IHDR', 10**6, 10**6) + bytes(9)
        for data in (b'<svg onload=alert(1)>', large):
            display({'image/png': base64.b64encode(data).decode(), 'text/plain': 'a picture'}, raw=True)
        """,
        shows="a picture",
    ),
    _goes_on(
        "messages that are none",
        """
        from ipykernel.kernelapp import IPKernelApp
        kernel = IPKernelApp.instance().kernel
        parent = kernel.get_parent()
        def send(kind, content):
            header = json.dumps({**parent["header"], "msg_type": kind, "date": ""}).encode()
            frames = [header, json.dumps({"msg_id": parent["header"]["msg_id"]}).encode(), b"{}"]
            kernel.session.send_raw(kernel.iopub_socket, [*frames, json.dumps(content).encode()])
        for content in ({}, [], {'name': 'stdout', 'text': 5}, {'name': {}, 'text': 'x'}, 'text', None, 7):
            send('stream', content)
        send('display_data', {'data': {'text/plain': ['a', 'list']}, 'metadata': 3})
        send('display_data', {'data': 'no mapping'})
        send('execute_result', {'data': {'image/png': 7}, 'execution_count': 'many'})
        send('error', {'ename': None, 'evalue': 1, 'traceback': {}})
        send('clear_output', {})
        send('update_display_data', {'data': {}, 'transient': {'display_id': []}})
        for frames in ([b''], [b'<IDS|MSG>'], [b'<IDS|MSG>', b'', b'[' * 10**5, b'{}', b'{}', b'{}']):
            kernel.iopub_socket.send_multipart(frames)
        print('sent')
        """,
        shows="sent",
        finding="nothing that Jupyter knows",
    ),
)

SECRETS = (
    _goes_on(
        "solutions, keys, class and home",
        """
        import itertools
        found = []
        for name in ("solutions", "class", "documents", "canary"):
            for place in (pathlib.Path(places["project"]) / name, pathlib.Path("/course") / name,
                          pathlib.Path(places.get(name, "/nowhere")), pathlib.Path.home() / name):
                found += [place] if place.exists() else []
        for folder in ("/root", "/home", "/course", "/mnt", "/srv", "/opt", "/var", "/run", "/tmp"):
            for place, _, names in os.walk(folder):
                if any(part in place for part in ("site-packages", "/lib/python")): continue
                found += [name for name in names if name in ("answers.csv", "rubrics.csv", "gradebook.db")]
        print("found:", found)
        """,
        shows="found: []",
    ),
    _goes_on(
        "files of the system",
        """
        for name in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/resolv.conf", "/etc/ssh", "/sys",
                     "/proc/1/environ", "/proc/1/mem", "/proc/1/root", "/proc/1/cwd/x", "/dev/mem"):
            try:
                place = pathlib.Path(name)
                print(name, "READ", os.listdir(place) if place.is_dir() else place.open("rb").read(100))
            except OSError as problem:
                print(name, "closed")
        print("tried")
        """,
        shows="/proc/1/environ closed",
    ),
    _goes_on(
        "other processes",
        """
        names = [pathlib.Path(f"/proc/{n}/cmdline").read_text() for n in os.listdir("/proc") if n.isdigit()]
        foreign = [name for name in names if "run_cells" not in name and "ipykernel" not in name]
        print(len(names), "processes,", len(foreign), "foreign")
        """,
        shows="2 processes, 0 foreign",
    ),
    _goes_on(
        "variables of whoever grades",
        "print(sorted(name for name in os.environ if 'CANARY' in os.environ[name]))",
        shows="[]",
    ),
    _goes_on(
        "pretending to be the program that runs the cells",
        """
        content = {"name": "stdout", "text": "forged"}
        events = [{"event": "output", "cell": 0, "kind": "stream", "content": content},
                  {"event": "end", "cell": 2}, {"event": "done"}]
        forged = ("\\n" + "\\n".join(map(json.dumps, events)) + "\\n").encode()
        opened = 0
        for process in [name for name in os.listdir("/proc") if name.isdigit()]:
            for number in range(64):
                try: handle = os.open(f"/proc/{process}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK)
                except OSError: continue
                opened += process == "1"
                try: os.write(handle, forged)
                except OSError: pass
        print("opened:", opened)
        """,
        shows="opened: 0",
    ),
    _goes_on(
        "tracing process 1, and taking its descriptors",
        """
        import ctypes
        library = ctypes.CDLL(None, use_errno=True)
        library.syscall.restype = ctypes.c_long
        traced = library.ptrace(16, 1, 0, 0)
        handle = os.pidfd_open(1)
        taken = library.syscall(438, handle, 1, 0)
        limited = library.prlimit(1, 7, bytes(16), None)
        print("traced:", traced, "taken:", taken, "limited:", limited)
        """,
        shows="traced: -1 taken: -1 limited: -1",
    ),
)

WAYS_OUT = (
    _fails(
        "connection to this machine",
        _PLACES + "import socket; socket.create_connection(('127.0.0.1', places['port']), timeout=1)",
        "ConnectionRefusedError",
    ),
    _fails(
        "connection to the world",
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "OSError",
    ),
    _fails("name of a host", "import socket; socket.getaddrinfo('example.org', 80)", "gaierror"),
    _fails(
        "abstract socket",
        _PLACES + "import socket; socket.socket(socket.AF_UNIX).connect('\\0' + places['abstract'])",
        "ConnectionRefusedError",
    ),
    _fails("sockets to the host of a virtual machine", "import socket; socket.socket(40)", "OSError"),
    _goes_on(
        "mount, unshare, chroot, keys and more of the Linux kernel",
        """
        import ctypes
        library = ctypes.CDLL(None)
        calls = {
            "mount": library.mount(b"none", b"/tmp", b"tmpfs", 0, None),
            "umount": library.umount2(b"/course/course_data", 2),
            "unshare": library.unshare(0x10000000),
            "setns": library.setns(os.open("/proc/1/status", os.O_RDONLY), 0),
            "chroot": library.chroot(b"/tmp"),
            "sethostname": library.sethostname(b"x", 1),
            "setuid": library.setuid(0),
            "keyctl": library.syscall(250 if os.uname().machine == "x86_64" else 219, 0, -3, 0),
            "io_uring": library.syscall(425, 8, bytes(200)),
            "mknod": library.mknod(b"/tmp/disk", 0o60666, 0x800),
        }
        print("allowed:", [name for name, answer in calls.items() if answer != -1])
        """,
        shows="allowed: []",
    ),
    _goes_on(
        "programs with the rights of their owner",
        """
        import subprocess
        for name in ("su -c id", "mount", "newgrp", "sudo id", "unshare -r id", "bwrap --bind / / id"):
            try:
                done = subprocess.run(name.split(), capture_output=True, text=True, stdin=-3)
                assert "uid=0" not in done.stdout, name
            except FileNotFoundError:
                pass
        status = pathlib.Path("/proc/self/status").read_text()
        print([line.split()[1] for line in status.splitlines() if line[:6] in ("CapEff", "CapBnd", "NoNewP")])
        """,
        shows="['0000000000000000', '0000000000000000', '1']",
    ),
    _goes_on(
        "higher limits",
        """
        import resource
        def raised(name):
            try: resource.setrlimit(name, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except (OSError, ValueError): return False
            return True
        print("raised:", [n for n in ("DATA", "NPROC", "FSIZE", "NOFILE", "CPU", "CORE", "MEMLOCK")
                          if raised(getattr(resource, f"RLIMIT_{n}"))])
        """,
        shows="raised: []",
    ),
    _goes_on(
        "dumps and tracers switched on again",
        """
        import ctypes
        ctypes.CDLL(None).prctl(4, 1); ctypes.CDLL(None).prctl(0x59616d61, -1)
        try: print("opened", os.open("/proc/1/mem", os.O_RDONLY))
        except OSError: print("closed")
        """,
        shows="closed",
    ),
)

DAMAGED = (
    _fails("syntax error", "def broken(:", "SyntaxError"),
    _fails("bytes that are no text", "x = '\x00'", "SyntaxError"),
    _goes_on("shell cell", "!echo words of the shell", shows="words of the shell"),
    Hostile("bash cell", ("%%bash\necho words of bash",), shows="words of bash"),
    _goes_on("unknown magic", "%no_such_magic", shows="UsageError"),
    _fails("question to the reader", "input('Your password?')", "StdinNotImplementedError"),
    _fails("leaving", "import sys; sys.exit(1)", "SystemExit"),
    Hostile("leaving politely", ("exit()",), shows="honest after"),
    _fails(
        "error that cannot be shown",
        """
        class Nasty(Exception):
            def __str__(self): raise ValueError('no words')
        raise Nasty
        """,
        "ValueError",
    ),
    _goes_on(
        "numbers that lie",
        """
        import backchannel.exercises, builtins
        backchannel.exercises.mark = lambda *_: 10**6
        class Lie(float):
            __repr__ = lambda self: '1000000'
        builtins.float = Lie
        print(repr(float(0)))
        """,
        shows="1000000",
    ),
    _goes_on("half a character in the source", "print('\ud800'.encode('utf-8', 'replace'))", shows="?"),
    Hostile("no cell at all", (), shows="honest after"),
    Hostile("an empty cell", ("",), shows="honest after"),
)

NOTEBOOKS = (*TIME, *PROCESSES, *MEMORY, *FILES, *OUTPUTS, *SECRETS, *WAYS_OUT, *DAMAGED)

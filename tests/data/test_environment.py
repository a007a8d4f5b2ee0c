"""pyproject.toml says what is needed; environment.yml and requirements.lock say the same in their own way."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
PLACES = [
    {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.9"} | system
    for minor in (11, 12, 13, 14)
    for system in (
        {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
        {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
        {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
    )
]


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def environment() -> dict[str, Any]:
    return yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lock() -> str:
    return (PROJECT / "requirements.lock").read_text(encoding="utf-8")


def needed(pyproject: dict[str, Any]) -> dict[str, SpecifierSet]:
    """Everything the course and its authors need, by name."""
    project = pyproject["project"]
    return by_name([*project["dependencies"], *project["optional-dependencies"]["dev"]])


def by_name(lines: list[str]) -> dict[str, SpecifierSet]:
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in requirements}


def environment_faults(pyproject: dict[str, Any], environment: dict[str, Any]) -> list[str]:
    """Return how environment.yml differs from pyproject.toml."""
    *plain, pip = environment["dependencies"]
    *from_pip, course = pip["pip"]
    faults = [] if course == "-e ." else ["the last line of pip is not -e ."]
    listed = by_name([*plain, *from_pip])
    if len(listed) != len(plain) + len(from_pip):
        faults.append("a package is listed twice")
    wanted = {
        "python": SpecifierSet(pyproject["project"]["requires-python"]),
        "pip": SpecifierSet(),
        **needed(pyproject),
    }
    return faults + [
        f"{name}: pyproject.toml {wanted.get(name)}, environment.yml {listed.get(name)}"
        for name in sorted(wanted.keys() | listed.keys())
        if wanted.get(name) != listed.get(name)
    ]


def lock_faults(pyproject: dict[str, Any], lock: str) -> list[str]:
    """Return which needed packages the lock leaves out, pins twice or pins wrongly, and where."""
    pins = [Requirement(line) for line in lock.splitlines() if line and not line.lstrip().startswith("#")]
    faults = [
        f"{pin.name} is not pinned" for pin in pins if not re.fullmatch(r"==[^,*]+", str(pin.specifier))
    ]
    for place in PLACES:
        here = {**default_environment(), **place}
        valid = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(here)]
        names = [canonicalize_name(pin.name) for pin in valid]
        where = f"{place['sys_platform']} {place['python_version']}"
        faults += [
            f"{name} is pinned twice on {where}" for name in sorted({n for n in names if names.count(n) > 1})
        ]
        versions = {
            name: str(pin.specifier).removeprefix("==") for name, pin in zip(names, valid, strict=True)
        }
        for name, specifier in needed(pyproject).items():
            if name not in versions:
                faults.append(f"{name} is missing on {where}")
            elif not specifier.contains(versions[name], prereleases=True):
                faults.append(f"{name} {versions[name]} is not {specifier} on {where}")
    return faults


def addresses(lock: str) -> list[str]:
    """Return the lines that name a place to fetch from, instead of a package."""
    named = re.compile(r"://|^\s*-|^(?!\s*#).* @ |\bfile:|^\s*\.?/")
    return [line for line in lock.splitlines() if named.search(line)]


def test_environment_yml_is_equal_to_pyproject(pyproject, environment):
    assert environment_faults(pyproject, environment) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("pandas>=3.0.2", "pandas>=3.0.1", "pandas: "),
        ("pandas>=3.0.2", "pandas", "pandas: "),
        ("nbval>=0.11", None, "nbval: "),
        ("nbval>=0.11", "polars>=1", "polars: "),
        ("python>=3.11", "python>=3.10", "python: "),
        ("psutil>=7", "numpy>=2.4", "a package is listed twice"),
    ],
)
def test_a_difference_planted_in_environment_yml_is_found(pyproject, environment, old, new, fault):
    place = environment["dependencies"].index(old)
    environment["dependencies"][place : place + 1] = [new] if new else []
    assert any(found.startswith(fault) for found in environment_faults(pyproject, environment))


def test_a_missing_course_or_pip_package_in_environment_yml_is_found(pyproject, environment):
    changed = deepcopy(environment)
    changed["dependencies"][-1]["pip"].remove("-e .")
    assert environment_faults(pyproject, changed)[0] == "the last line of pip is not -e ."
    environment["dependencies"][-1]["pip"].remove("playwright>=1.65")
    assert environment_faults(pyproject, environment) == [
        "playwright: pyproject.toml >=1.65, environment.yml None"
    ]


def test_environment_yml_takes_packages_from_conda_forge_alone(environment):
    assert environment["channels"] == ["conda-forge"]


def test_the_lock_satisfies_pyproject_on_every_system_and_python(pyproject, lock):
    assert lock_faults(pyproject, lock) == []


@pytest.mark.parametrize(
    ("pattern", "new", "fault"),
    [
        (r"^pandas==.*$", "pandas==2.3.0", "pandas 2.3.0 is not >=3.0.2 on linux 3.11"),
        (r"^pandas==.*$", "", "pandas is missing on linux 3.11"),
        (r"^pandas==.*$", "pandas>=3.0.2", "pandas is not pinned"),
        (r"^numpy==(.*) ; python_full_version < .*$", "", "numpy is missing on linux 3.11"),
        (r"^numpy==(.*) ; python_full_version >= .*$", r"numpy==\1", "numpy is pinned twice on linux 3.11"),
    ],
)
def test_a_difference_planted_in_the_lock_is_found(pyproject, lock, pattern, new, fault):
    planted, times = re.subn(pattern, new, lock, flags=re.MULTILINE)
    assert times == 1
    assert fault in lock_faults(pyproject, planted)


def test_the_lock_carries_no_address(lock):
    assert addresses(lock) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "--find-links wheels",
        "numpy @ https://example.org/numpy.whl",
        "numpy @ file:wheels/numpy.whl",
        "-e .",
        "./numpy.whl",
        "    # from https://example.org/simple",
    ],
)
def test_an_address_planted_in_the_lock_is_found(lock, line):
    assert addresses(f"{lock}{line}\n") == [line]


def test_the_lock_says_how_it_is_made(lock):
    assert "make lock" in lock.splitlines()[1]


def test_the_citation_names_the_version_and_licence_of_pyproject(pyproject):
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == pyproject["project"]["version"]
    assert citation["license"] == pyproject["project"]["license"]


def test_the_changelog_opens_with_the_version_of_pyproject(pyproject):
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    [latest, *_] = re.findall(r"^## (\S+)", changelog, flags=re.MULTILINE)
    assert latest == pyproject["project"]["version"]


def test_continuous_integration_runs_make_test_on_two_pythons_and_every_week():
    workflow = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert workflow[True]["schedule"], "YAML 1.1 reads the key `on` as true"
    job = workflow["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w/-]+@v\d+", action) for action in used), "an action without a major version"
    assert any(step.get("run") == "bash .ci/run" for step in job["steps"])
    assert "make test" in (PROJECT / ".ci/run").read_text(encoding="utf-8")

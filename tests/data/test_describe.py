"""What the README of the data and the pages of the codebook say is what the data say."""

import shutil

import pytest

from backchannel.authoring.describe import MARK, described
from backchannel.dossier import load_dossier
from backchannel.errors import UsageError


@pytest.fixture
def copy(course_data, tmp_path):
    """Return a copy of the project as far as it is described, with the key of the claims held back."""
    for name in ("course_data", "solutions", "docs", "notebooks"):
        shutil.copytree(course_data.parent / name, tmp_path / name)
    return tmp_path


def test_readme_and_codebook_pages_are_up_to_date(course_data):
    for path, text in described(load_dossier(course_data)).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run make describe"


@pytest.mark.parametrize(
    ("page", "old", "new"),
    [
        ("course_data/README.md", "| speech_form | nominal |", "| speech_form | ordinal |"),
        ("docs/codebook.de.md", "## Wiedergabeform", "## Redeform"),
        ("docs/codebook.en.md", "How to decide", "How to guess"),
    ],
)
def test_a_page_that_differs_from_the_data_is_noticed(copy, page, old, new):
    path = copy / page
    original = path.read_text(encoding="utf-8")
    assert old in original
    path.write_text(original.replace(old, new, 1), encoding="utf-8")
    anew = described(load_dossier(copy / "course_data"))[path]
    assert anew != path.read_text(encoding="utf-8")
    assert anew == original


def test_the_half_written_by_hand_stays(copy):
    path = copy / "course_data" / "README.md"
    path.write_text("By hand.\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    anew = described(load_dossier(copy / "course_data"))[path]
    assert anew.startswith("By hand.\n\n# The dossier")
    assert len(anew.partition(MARK)[0]) > 1000


def test_without_the_key_the_agreement_of_all_claims_is_not_made_up(copy):
    shutil.rmtree(copy / "solutions")
    with pytest.raises(UsageError, match=r"^The key of the claims held back is not here"):
        described(load_dossier(copy / "course_data"))

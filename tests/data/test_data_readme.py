"""What course_data/README.md says of the data is what the data say."""

import shutil

from backchannel.authoring.data_readme import MARK, up_to_date, write
from backchannel.dossier import load_dossier


def test_the_readme_is_up_to_date(course_data):
    assert up_to_date(load_dossier(course_data), course_data / "README.md"), "run make describe"


def test_a_changed_figure_is_noticed_and_written_anew_and_the_hand_written_half_stays(course_data, tmp_path):
    path = tmp_path / "README.md"
    shutil.copy(course_data / "README.md", path)
    dossier = load_dossier(course_data)
    original = path.read_text(encoding="utf-8")
    row = next(line for line in original.splitlines() if line.startswith("| speech_form |"))
    path.write_text(original.replace(row, row.replace("0.9", "0.8")), encoding="utf-8")
    assert not up_to_date(dossier, path)
    write(dossier, path)
    assert path.read_text(encoding="utf-8") == original
    assert len(original.partition(MARK)[0]) > 1000

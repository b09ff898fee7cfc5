import json

import pytest

from bot import json_text


@pytest.mark.parametrize(
    "value", ["half \ud800 pair", 2**70, {"one": [1, None, True, 1.5]}, {1: "a key that is no word"}, "中文 é"]
)
def test_what_the_standard_library_writes_is_written_and_read(value: object) -> None:
    assert json_text.load(json_text.dump(value)) == json.loads(json.dumps(value))


@pytest.mark.parametrize("text", ['"\\ud800"', '{"a": NaN}'])
def test_what_the_standard_library_reads_is_read(text: str) -> None:
    assert repr(json_text.load(text)) == repr(json.loads(text))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        json_text.load(b"<html>")
    with pytest.raises(TypeError):
        json_text.dump(object())

import pytest
from submissions import tally


@pytest.mark.parametrize("tournament", ["classic", "signals"])
def test_verdicts_are_those_of_numerai_tools(tournament):
    seen, sentences, disagreements = tally(tournament, 400)
    assert not disagreements
    assert min(seen["accepted"], seen["refused"], seen["several"]) > 20
    assert len(sentences) == 8  # each kind of fault was met

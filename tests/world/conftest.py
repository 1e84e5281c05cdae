import pytest


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """An empty cache folder for the tests of one module."""
    folder = str(tmp_path_factory.mktemp("cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMLEARN_CACHE", folder)
        yield folder

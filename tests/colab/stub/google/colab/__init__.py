"""Stands for google.colab, which is not on PyPI: enough to be recognised by."""

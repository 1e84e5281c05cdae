"""Text that a notebook shows as Markdown."""


class Note(str):
    """A text that a notebook shows as Markdown and a terminal as it stands."""

    __slots__ = ()

    def __repr__(self):
        return str(self)

    def _repr_markdown_(self):
        return str(self)

"""What `progress` means everywhere: None, True (a bar on stderr) or a callable."""

from contextlib import contextmanager


@contextmanager
def progress_shown(progress, what):
    """Yield what to call with done and total, whatever `progress` is.

    Parameters
    ----------
    progress : None, True or callable
        Nothing is shown, a bar is drawn on stderr, or ``progress(done, total)`` is
        called.
    what : str
        What is counted, for the bar.
    """
    if progress is not True:
        yield progress or (lambda done, total: None)
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    hidden = not (console.is_terminal or console.is_jupyter)
    with Progress(console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

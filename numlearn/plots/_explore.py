"""One thing to move: a figure redrawn whenever a reader moves what it depends on."""

import inspect
import os

from numlearn.errors import NumlearnError


def explore(draw, **controls):
    """Draw a figure, with a control for each thing that a reader may move.

    Parameters
    ----------
    draw : callable
        Draws the figure from the values of the controls, its keyword arguments. Its
        defaults are where the controls start.
    **controls
        By the argument's name: ``(low, high, step)`` for a slider, or a list of at
        least two values to choose from.

    Raises
    ------
    NumlearnError
        If a control belongs to no argument, or cannot show its argument's default.

    Notes
    -----
    Where no widget can run (a script, a printed page, a notebook that is built or
    tested, which set ``NUMLEARN_STATIC``), the figure is drawn once, at its defaults.

    Examples
    --------
    >>> import numlearn as nl
    >>> def crowd(size=100):
    ...     print("a crowd of", size)
    >>> nl.plots.explore(crowd, size=(10, 500, 10))
    a crowd of 100
    """
    starts = {
        name: argument.default
        for name, argument in inspect.signature(draw).parameters.items()
        if argument.default is not argument.empty
    }
    faults = [_fault(name, control, starts) for name, control in controls.items()]
    if any(faults) or not controls:
        told = [fault for fault in faults if fault]
        raise NumlearnError(told[0] if told else "There is nothing to move: name it.")
    if not _widgets_run():
        draw(**{name: starts[name] for name in controls})
        return
    import ipywidgets
    from IPython.display import display

    parts = {n: _control(n, c, starts[n], ipywidgets) for n, c in controls.items()}
    figure = ipywidgets.interactive_output(draw, parts)
    figure.layout.min_height = "420px"  # the page does not jump while it is redrawn
    display(ipywidgets.VBox([*parts.values(), figure]))


def _fault(name, control, starts):
    """Say why a control cannot move an argument; None where it can."""
    if name not in starts:
        known = ", ".join(starts) or "none"
        return f"{name!r} is no argument with a default; the figure has {known}."
    start = starts[name]
    if isinstance(control, tuple):
        if len(control) == 3 and control[0] < control[1] and control[2] > 0:
            if control[0] <= start <= control[1]:
                return None
            return f"{name} starts at {start}, outside of {control[0]} to {control[1]}."
        return f"{name} wants (low, high, step), low below high, not {control}."
    if isinstance(control, list) and len(control) > 1 and start in control:
        return None
    return f"{name} wants (low, high, step) or a list with {start!r} in it."


def _widgets_run():
    try:
        import ipywidgets  # noqa: F401
        from IPython import get_ipython
    except ImportError:
        return False
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is not None and not os.environ.get("NUMLEARN_STATIC")


def _control(name, control, start, widgets):
    told = {"description": name.replace("_", " "), "value": start}
    told["style"] = {"description_width": "initial"}
    if isinstance(control, list):
        return widgets.Dropdown(options=control, **told)
    low, high, step = control
    whole = all(isinstance(number, int) for number in (*control, start))
    slider = widgets.IntSlider if whole else widgets.FloatSlider
    told |= {} if whole else {"readout_format": ".3g"}
    told["layout"] = widgets.Layout(width="60%")
    return slider(min=low, max=high, step=step, continuous_update=False, **told)

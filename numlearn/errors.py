"""The one error that numlearn raises on purpose: a sentence for a person."""


class NumlearnError(ValueError):
    """Something was wrong with what we were given.

    The message is one sentence or two: what was wrong, where, and what to do next.
    The command line prints it and ends with exit code 2; a notebook shows it with the
    line of the cell that led to it, and none of ours.
    """

    def _render_traceback_(self):
        """Return the lines that IPython shows in place of a traceback."""
        said, step = [f"{type(self).__name__}: {self}"], self.__traceback__
        while step:
            code = step.tb_frame.f_code
            if _is_cell(code.co_filename):
                line = f"  in line {step.tb_lineno} of the cell"
                name = "" if code.co_name == "<module>" else f", in {code.co_name}"
                said.append(line + name)
            step = step.tb_next
        return said


def _is_cell(filename):
    """Tell whether Python named this file for a notebook's cell."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input")

"""What an exercise is: one concept for the notebook, the tests and the grader."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from numlearn.exercises._judge import EXACT, difference, like_key
from numlearn.lessons import resolve

LETTERS = "abcdef"


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer, and the sentence that helps the person who gave it.

    Parameters
    ----------
    answer : callable
        Takes the arguments of a case and returns what the mistaken learner's answer
        gives (a mistaken value takes no argument).
    says : str
        What the learner is told.
    """

    answer: Callable
    says: str

    def __post_init__(self):
        object.__setattr__(self, "says", resolve(self.says))


def _differ(after, before):
    """Tell whether plain data is no longer what it was."""
    if not isinstance(before, pd.Series | pd.DataFrame | np.ndarray | list | dict):
        return False
    return difference(after, before, tolerance=0.0, ordered=True) is not None


class Example(tuple):
    """The arguments of the example that a statement prints."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: where its inputs come from, what is right, and who helps.

    Parameters
    ----------
    name : str
        The name that the learner's answer defines; also the exercise's own name.
    points : int
        What a right answer is worth.
    hints : tuple of str
        At least two, from a nudge to nearly the answer (Markdown).
    cases : callable
        ``cases(seed)`` returns a list of argument tuples, the inputs on which the
        answer is tried. ``None`` says that the answer is a value, not a function.
    key : callable
        The right answer, which is a function of the library. It takes a case's
        arguments (none where the answer is a value).
    judge : callable, optional
        ``judge(got, expected)`` returns None if `got` is right, else a sentence. By
        default `got` must equal what the key returns to six digits.
    ordered : bool, optional
        Whether the statement fixes the order of labelled rows and columns.
    example : callable, optional
        Returns the arguments of the example that the statement prints; it is tried
        before all other cases.
    mistakes : tuple of Mistake, optional
        Known wrong answers; an answer that mostly gives the same gets
        their sentence.
    refuses : tuple of callable, optional
        The library's functions that would be the answer: they refuse to work for it.
        By default the key.
    same : dict of str to str, optional
        Changes of the course's own answer (as ``numlearn build --check`` names them)
        that no input within the statement tells from it, each with the argument why.
    """

    name: str
    points: int
    hints: tuple[str, ...]
    cases: Callable | None
    key: Callable
    judge: Callable = field(default=like_key)
    ordered: bool = False
    example: Callable | None = None
    mistakes: tuple[Mistake, ...] = ()
    refuses: tuple[Callable, ...] = ()
    same: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "refuses", self.refuses or (self.key,))
        object.__setattr__(self, "hints", tuple(map(resolve, self.hints)))

    @property
    def is_value(self):
        """Whether the answer is a plain value instead of a function."""
        return self.cases is None

    def inputs(self, seed):
        """Return the argument tuples on which an answer is tried for this seed."""
        if self.is_value:
            return [()]
        first = [] if self.example is None else [Example(self.example())]
        return [*first, *self.cases(seed)]

    def ask(self, answer, case, changed=None):
        """Return what a learner's answer gives for one case.

        Parameters
        ----------
        answer : object
        case : tuple
            Its arguments; the answer gets a copy of them.
        changed : set, optional
            Gets the places of the arguments that the answer changed.
        """
        if self.is_value:
            return answer
        given = copy.deepcopy(case)
        got = answer(*given)
        if changed is not None:
            changed |= {i for i, x in enumerate(given) if _differ(x, case[i])}
        return got

    def fault(self, got, case):
        """Say what is wrong with an answer's result for one case.

        Parameters
        ----------
        got : object
            What the answer gave.
        case : tuple
            The arguments it was given.

        Returns
        -------
        str or None
            None if it is right, else the judge's sentence.
        """
        expected = self.key(*copy.deepcopy(case))
        fault = self._difference(got, expected)
        if fault and isinstance(case, Example):
            return f"On the example above: {fault}"
        return fault

    def explain(self, fault, tried):
        """Say which known mistake explains what an answer gave.

        Parameters
        ----------
        fault : str
            What is wrong with the first of its results.
        tried : iterable of (tuple, object)
            Cases and what it gave for them, a wrong one first; it is asked no further
            than that one if no mistake gives the same.

        Returns
        -------
        str
            The sentence of a mistake that gives the same there, and in most of the
            cases in which either is wrong; else the fault.
        """
        tried = iter(tried)
        alike = [next(tried)]
        left = [m for m in self.mistakes if self._agrees(m, *alike[0])]
        if not left:
            return fault
        alike += tried
        share, says = 0.5, fault
        for mistake in left:
            agreed = [self._agrees(mistake, *each) for each in alike]
            agreed = [one for one in agreed if one is not None]
            if sum(agreed) / len(agreed) > share:
                share, says = sum(agreed) / len(agreed), mistake.says
        return says

    def _agrees(self, mistake, case, got):
        """Tell whether a mistake gives the same; None where that is right."""
        try:
            wrong = mistake.answer(*copy.deepcopy(case))
        except Exception:  # a mistake may fail on a case that a right answer takes
            return False
        if difference(got, wrong, EXACT, self.ordered) is not None:
            return False
        expected = self.key(*copy.deepcopy(case))
        is_right = difference(wrong, expected, ordered=self.ordered) is None
        return None if is_right else True

    def _difference(self, got, expected):
        if self.judge is like_key:
            return difference(got, expected, ordered=self.ordered)
        return self.judge(got, expected)


@dataclass(frozen=True)
class Question:
    """A quiz question whose every option explains itself.

    Parameters
    ----------
    text : str
        The question (Markdown).
    options : dict of str to str
        What can be chosen, with the explanation that choosing it gets; in order, they
        become a, b, c and so on.
    answer : str
        The letter of the right option, as the options stand here; `quiz_of` moves it.
    """

    text: str
    options: dict[str, str]
    answer: str

    def __post_init__(self):
        object.__setattr__(self, "text", resolve(self.text))
        options = {resolve(k): resolve(v) for k, v in self.options.items()}
        object.__setattr__(self, "options", options)

    def moved(self, place):
        """Return the question with its right option in another place, from 0."""
        options = list(self.options.items())
        options.insert(place, options.pop(LETTERS.index(self.answer)))
        return replace(self, options=dict(options), answer=LETTERS[place])

"""What an exercise is: one concept for the notebook, the tests and the grader."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from numlearn.exercises._judge import difference, like_key
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
        default `got` must equal what the key returns to nine digits.
    mistakes : tuple of Mistake, optional
        Known wrong answers; an answer that gives the same gets their sentence.
    refuses : tuple of callable, optional
        The library's functions that would be the answer: they refuse to work for it.
        By default the key.
    """

    name: str
    points: int
    hints: tuple[str, ...]
    cases: Callable | None
    key: Callable
    judge: Callable = field(default=like_key)
    mistakes: tuple[Mistake, ...] = ()
    refuses: tuple[Callable, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "refuses", self.refuses or (self.key,))
        object.__setattr__(self, "hints", tuple(map(resolve, self.hints)))

    @property
    def is_value(self):
        """Whether the answer is a plain value instead of a function."""
        return self.cases is None

    def inputs(self, seed):
        """Return the argument tuples on which an answer is tried for this seed."""
        return [()] if self.is_value else self.cases(seed)

    def ask(self, answer, case):
        """Return what a learner's answer gives for one case."""
        return answer if self.is_value else answer(*copy.deepcopy(case))

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
            None if it is right, else a sentence: that of a known mistake which gives
            the same, or the judge's.
        """
        fault = self.judge(got, self.key(*copy.deepcopy(case)))
        if fault is None:
            return None
        for mistake in self.mistakes:
            try:
                same = difference(got, mistake.answer(*copy.deepcopy(case))) is None
            except Exception:  # a mistake may fail on a case that a right answer takes
                continue
            if same:
                return mistake.says
        return fault


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

"""How a student's code can fail, as a test sees it."""

import linecache


class UnansweredError(Exception):
    """The student has not written this yet."""


class StudentError(Exception):
    """The student's code raised: the exception's names, most special first, and its message."""

    def __init__(self, error: BaseException):
        self.names = [c.__name__ for c in type(error).__mro__]
        try:
            text = str(error)[:500]
        except Exception:
            text = "(the message could not be read)"
        super().__init__(f"{self.names[0]}: {text}{_place(error)}")

    @classmethod
    def known(cls, names: list[str], text: str) -> "StudentError":
        """One that was raised in another process."""
        error = cls.__new__(cls)
        error.names = names
        Exception.__init__(error, text)
        return error


class StoppedError(BaseException):
    """The student's process was stopped: "timed out", "crashed" or "out of memory", and why."""

    def __init__(self, status: str, text: str):
        self.status = status
        super().__init__(text)


def _place(error: BaseException) -> str:
    """The deepest line of the traceback that was written in a cell."""
    place, trace = "", error.__traceback__
    while trace is not None:
        name, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        text = linecache.getline(name, line).strip()
        if text and trace.tb_frame.f_globals.get("__name__") == "__main__":
            place = f" (line {line} of your cell: {text})"
        trace = trace.tb_next
    return place

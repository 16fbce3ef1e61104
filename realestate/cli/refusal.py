"""Why a command does not go on."""


class Refusal(Exception):
    """One sentence with the remedy, printed as it is instead of a traceback."""

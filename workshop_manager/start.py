"""Where the program starts."""

import gc


def main() -> None:
    """Run the command that was typed.

    Importing makes a million objects and throws none of them away. Looking through them for garbage took a quarter of
    the time until a command began, and would go on taking time at every later look.
    """
    gc.disable()
    from workshop_manager.cli import cli

    gc.freeze()
    gc.enable()
    cli()

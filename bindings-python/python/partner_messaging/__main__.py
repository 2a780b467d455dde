"""The command line: ``partner-messaging``, or ``python -m partner_messaging``."""

import sys

from ._native import run_command_line


def main() -> int:
    return run_command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

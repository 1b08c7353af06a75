"""Lets ``python -m evalci`` behave like the installed command."""

from evalci.cli import main

if __name__ == "__main__":
    main()

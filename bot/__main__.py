"""`python -m bot` is `regulars`."""

from bot.cli import main

if __name__ == "__main__":
    main()

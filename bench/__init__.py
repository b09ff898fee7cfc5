"""What the README claims, measured beside peers in one run: `make bench`, or `python -m bench --quick`."""

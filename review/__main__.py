"""`python -m review` is the command `bodycam-review`."""

from review.cli import main

if __name__ == "__main__":  # a worker process imports this module again
    main()

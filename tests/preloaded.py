"""What the fork server of tests.running has read before the first command is run."""

import review.cli  # noqa: F401  every command, without its models
from review import language

list(language.parse([["hello"]]))  # `tag`, `retag` and `correct` would each load its model anew

"""Where people work: the store as one person may use it, with access decided and the log kept in one place."""

from review.desk import casework, corrections, figures, library
from review.desk.desk import NO_PURPOSE, Desk
from review.desk.shelf import Encounters

__all__ = ["NO_PURPOSE", "Desk", "Encounters", "casework", "corrections", "figures", "library"]

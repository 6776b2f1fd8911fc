"""`make bench`: measure again all that the documents claim, and write the tables in benchmarks/results/."""

from benchmarks import accuracy, footprint

accuracy.measure()
footprint.measure()

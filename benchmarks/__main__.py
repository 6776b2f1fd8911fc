"""`make bench`: measure again all that the documents claim, and write the tables in benchmarks/results/."""

from benchmarks import accuracy, footprint, speakers, speech, vocabulary

accuracy.measure()
speech.measure()
vocabulary.measure()
speakers.measure()
footprint.measure()

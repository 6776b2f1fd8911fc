"""`make bench`: measure again what the documents claim, and write the tables in benchmarks/results/.

Half an hour each, and only needed when a model changes: `python -m benchmarks.vocabulary`, `benchmarks.number_formats`.
On a quiet machine, when the app changes: `python -m benchmarks.app`, `benchmarks.app_library`.
"""

from benchmarks import accuracy, footprint, speakers, speech

accuracy.measure()
speech.measure()
speakers.measure()
footprint.measure()

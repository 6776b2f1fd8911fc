"""`make bench`: measure again what the documents claim, and write the tables in benchmarks/results/.

Half an hour each, and only needed when a model changes: `python -m benchmarks.vocabulary`, `benchmarks.number_formats`,
`benchmarks.spoken_talk`, `benchmarks.hard_conditions`. An hour: `benchmarks.footprint 5 30 240`, in an environment that
`make demo` alone has made, so without torch. When the app changes, on a quiet machine: `benchmarks.app`,
`benchmarks.app_library`.
"""

from benchmarks import accuracy, behaviours, codebook, footprint, method, speakers, speech, whole_pipeline

accuracy.measure()
speech.measure()
speakers.measure()
whole_pipeline.measure()
footprint.measure()
behaviours.measure()
codebook.main()
method.main()

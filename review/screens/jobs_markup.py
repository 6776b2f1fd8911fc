"""The list of uploads as HTML; every text is escaped, no streamlit."""

from __future__ import annotations

from html import escape

from review.store import Job, JobState

STATE_WORDS = {
    JobState.WAITING: "waits for its turn",
    JobState.WORKING: "in work",
    JobState.DONE: "done",
    JobState.FAILED: "could not be processed",
    JobState.CANCELLED: "cancelled",
}
STAGE_WORDS = {
    "": "about to begin",
    "reading": "reading the file",
    "words": "writing down what is said",
    "voices": "telling the voices apart",
    "behaviours": "marking moments",
}


def job_line(job: Job, *, left: float | None, ahead: int = 0) -> str:
    """One upload: what it is, how far it is, and what went wrong."""
    return (
        f'<div class="bcr-job"><span class="bcr-who2">{escape(job.name)}</span> '
        f'<span class="bcr-job-state">{escape(_state(job, left, ahead))}</span></div>{_bar(job)}{_message(job)}'
    )


def _state(job: Job, left: float | None, ahead: int) -> str:
    if job.state is JobState.WAITING and ahead:
        return f"waits; {ahead} before it"
    if job.state is not JobState.WORKING:
        return STATE_WORDS[job.state]
    told = f"{STAGE_WORDS.get(job.stage, job.stage)}, {round(100 * job.share)} %"
    return f"{told}, {about(left)} left" if left is not None else told


def _bar(job: Job) -> str:
    if job.state is not JobState.WORKING:
        return ""
    share = round(100 * job.share)
    return (
        f'<div class="bcr-meter bcr-job-bar" role="progressbar" aria-valuenow="{share}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-label="{escape(job.name, quote=True)}"><i style="width:{share}%"></i></div>'
    )


def _message(job: Job) -> str:
    told = job.message if job.state is JobState.FAILED else ""
    return f'<p class="bcr-note">{escape(told)}</p>' if told else ""


def about(seconds: float) -> str:
    """A stretch of time as people say it.

    >>> about(42), about(400), about(9000)
    ('less than a minute', 'about 7 minutes', 'about 2.5 hours')
    """
    if seconds < 60:
        return "less than a minute"
    if seconds < 5400:
        minutes = round(seconds / 60)
        return f"about {minutes} minute{'' if minutes == 1 else 's'}"
    return f"about {seconds / 3600:.1f} hours"

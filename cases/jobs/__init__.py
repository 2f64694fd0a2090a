"""Long work as rows: leased, done in bounded steps, watched, stopped.

`INSTALLED` names the modules that hold a kind of job as `JOB`; `CasesConfig.ready` registers them.
"""

INSTALLED: list[str] = [
    "cases.actions.bulk_steps",
    "cases.actions.exports",
    "cases.actions.recounting",
]

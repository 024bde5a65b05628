"""
How a bot that is a program of its own is started, watched, stopped and started again.

Part of the profile: what decides a run belongs into its record.
"""

from typing import Annotated, Literal

from pydantic import Field

from .config import Config, Count, PositiveInt, PositiveSeconds


class ReadySettings(Config):
    """When a started bot counts as ready: all that is set here has to hold."""

    line: str | None = Field(None, description="A line of its output matches this pattern.")
    file: str | None = Field(None, description="This file is there, written since the start.")
    after_s: float = Field(0.0, ge=0, description="It has lived so long.")
    timeout_s: PositiveSeconds = Field(60.0, description="Not ready by then: the start has failed.")


class HealthSettings(Config):
    """What is looked at from outside while it runs; None is not looked at."""

    heartbeat_file: str | None = Field(None, description="A file that the bot keeps rewriting.")
    heartbeat_max_age_s: PositiveSeconds = 60.0
    data_field: str | None = Field(
        None, description="Field of that file (JSON; dots go into objects) with the time of its newest data."
    )
    data_max_age_s: PositiveSeconds = 60.0
    silence_max_s: PositiveSeconds | None = Field(None, description="Longest time without a line of output.")
    checks: PositiveInt = Field(3, description="So many failed checks in a row make it unhealthy.")


class RestartSettings(Config):
    """When it is started again, and how often."""

    on: Literal["failure", "always", "never"] = "failure"
    most: Count = Field(5, description="The budget: so many restarts within `within_s`.")
    within_s: PositiveSeconds = 3_600.0
    wait_s: PositiveSeconds = Field(1.0, description="Before the first restart; doubled each time.")
    wait_most_s: PositiveSeconds = 60.0


class ProcessSettings(Config):
    """A bot's process, apart from its command line."""

    env: dict[str, str] = Field(
        default_factory=dict, description="Its environment; {rest}, {ws_public}... are the exchange's."
    )
    pass_env: tuple[str, ...] = Field((), description="Variables handed on; their values are not recorded.")
    cwd: str | None = Field(None, description="Folder that it runs in; none: the record's.")
    ready: ReadySettings = ReadySettings()
    health: HealthSettings = HealthSettings()
    restart: RestartSettings = RestartSettings()
    market_speed: Annotated[float, Field(gt=0, le=1_000)] = Field(
        1.0, description="Times real time at which the served exchange's market goes by."
    )
    stop_s: PositiveSeconds = Field(10.0, description="From SIGTERM to SIGKILL.")
    sample_s: Annotated[float, Field(ge=0.1)] = Field(10.0, description="How often the process is measured.")
    log_bytes: Annotated[int, Field(ge=1_024)] = Field(
        10_000_000, description="Size at which a log is rotated."
    )
    log_files: PositiveInt = Field(5, description="So many logs are kept.")

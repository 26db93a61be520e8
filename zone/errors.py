"""The base of every error whose message is written for the person who configures the zone."""


class ZoneError(Exception):
    """The zone cannot be deployed as configured; the message names the cause and what is allowed."""

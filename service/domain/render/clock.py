"""Times as people and file formats write them."""

from __future__ import annotations

from service.domain.span import Ms


def seconds(time: Ms) -> float:
    """Seconds with three decimals at most: a number on the wire.

    >>> seconds(12340)
    12.34
    """
    return time / 1000


def clock(time: Ms) -> str:
    """Minutes and whole seconds, with hours if there are any.

    >>> clock(52_900), clock(3_725_000)
    ('0:52', '1:02:05')
    """
    minutes, second = divmod(time // 1000, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def timestamp(time: Ms, point: str) -> str:
    """Hours, minutes, seconds and milliseconds, as in subtitles.

    >>> timestamp(3_725_250, ",")
    '01:02:05,250'
    """
    whole, ms = divmod(time, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{ms:03}"

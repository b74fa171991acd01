"""Who the browser says that it is: the vantage's user agent, languages and screen, told everywhere in the same way. Pure."""

import re
from typing import Any

from casefile.records import Vantage

DESKTOP_SIZE = {"width": 1366, "height": 768}
PHONE_SIZE = {"width": 412, "height": 915}

VERSION = re.compile(r"Chrome/(\d{1,4})")
MODEL = re.compile(r"Android [\d.]+; ([^;)]{1,40})\)")

LANGUAGE = "ru-KZ"
"""For a vantage that names none: the browser must have one."""


def is_phone(vantage: Vantage) -> bool:
    """Whether the vantage is a phone, by its user agent."""
    return "Mobile" in vantage.user_agent


def settings_of(vantage: Vantage, timezone: str) -> dict[str, Any]:
    """The settings of a Playwright context that shows a page as the vantage's own device would."""
    phone = is_phone(vantage)
    return {
        "user_agent": vantage.user_agent,
        "locale": _languages(vantage)[0],
        "timezone_id": timezone,
        "viewport": PHONE_SIZE if phone else DESKTOP_SIZE,
        "is_mobile": phone,
        "has_touch": phone,
    }


def identity_of(vantage: Vantage) -> dict[str, Any]:
    """What `Emulation.setUserAgentOverride` is told: all languages (Playwright's context takes one), and client hints that agree with the user agent."""
    phone = is_phone(vantage)
    version = VERSION.search(vantage.user_agent)
    model = MODEL.search(vantage.user_agent)
    brands = [{"brand": brand, "version": version[1]} for brand in ("Chromium", "Google Chrome")] if version else []
    return {
        "userAgent": vantage.user_agent,
        "acceptLanguage": ",".join(_languages(vantage)),
        "userAgentMetadata": {
            "brands": [{"brand": "Not=A?Brand", "version": "24"}, *brands] if brands else [],
            "platform": "Android" if phone else "Windows",
            "platformVersion": "14.0.0" if phone else "10.0.0",
            "architecture": "" if phone else "x86",
            "model": model[1] if model else "",
            "mobile": phone,
        },
    }


def _languages(vantage: Vantage) -> list[str]:
    """The languages of the vantage in order, without weights: Chromium gives them weights of its own."""
    named = (part.partition(";")[0].strip() for part in vantage.language.split(","))
    return list(dict.fromkeys(name for name in named if name)) or [LANGUAGE]

"""The challenges that are known, each with the signs that must meet. One more is one more row.

A sign is a text in lower case and the place of a page where it must stand; the places are those of `crawler.challenge`. Services serve their scripts, cookies
and headers with ordinary pages too (Cloudflare's `jsd`, Akamai's sensor, `awswaf` tokens, `server: ddos-guard`): such a sign never stands alone.
Sources, read on 2026-11-21: what the services document (Cloudflare `cf-mitigated`, AWS WAF `x-amzn-waf-action`, Vercel `x-vercel-mitigated`), and for the others the
markers that crawlers of public repositories tell challenges from ordinary pages by. Yandex's, Google's and hCaptcha's names are those of their widgets.
"""

from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a sign stands: STATUS as three digits; HEADER as `name: value`; TITLE; WORDS that a reader sees; ASIDE in `noscript`; SCRIPT in scripts; MARKUP in tags.

    PICTURE: in the attributes of an image; FIELD: of something to fill in. CODE is SCRIPT and MARKUP, and ANY_WORDS title, words and aside: a message may stand in each.
    """

    STATUS = "status"
    HEADER = "header"
    TITLE = "title"
    WORDS = "words"
    ASIDE = "aside"
    SCRIPT = "script"
    MARKUP = "markup"
    PICTURE = "picture"
    FIELD = "field"
    CODE = "code"
    ANY_WORDS = "any words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Signs of which one must be found, each in any of `places`."""

    places: tuple[Place, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A challenge of this `kind`: one sign of every group is found, a reader sees at most `words` characters, there are at most `fields` to fill in, and it leads
    to at most `links` other pages of its host; `by_script`: it asks for nothing but that scripts run.

    A page with more to read or to fill in is a page, whatever it claims: a casino must not hide from the crawl behind a header.
    """

    kind: str
    groups: tuple[Group, ...]
    words: int = 600
    fields: int = 0
    links: int = 1
    by_script: bool = False


def one(place: Place, *signs: str) -> Group:
    """One of these signs in that place."""
    return Group(places=(place,), signs=signs)


REFUSED = one(Place.STATUS, "401", "403", "405", "429", "503")

HUMAN = Group(
    places=(Place.TITLE, Place.WORDS),
    signs=(
        "you are human", "you're human", "you are a human", "you're a human", "are you human", "are you a human", "are you a robot", "are you not a robot",
        "not a robot", "not a bot", "unusual traffic", "automated requests", "security check", "verification required", "human verification", "complete the captcha", "attention required",
        "solve the captcha", "enter the characters", "enter the code", "вы не робот", "вы не бот", "вы человек", "что не робот", "подозрительная активность", "подозрительную активность",
        "подозрительный трафик", "необычный трафик", "автоматические запросы", "похожи на автоматические", "введите символы", "введите код", "символы с картинки", "код с картинки", "проверка безопасности", "пройдите проверку", "докажите, что",
        "робот емес", "робот емессіз", "адам екеніңізді", "кодты енгізіңіз", "суреттегі", "robot değil", "robot olmadığ", "insan olduğ", "robot emas",
    ),
)  # fmt: skip
"""A page that asks its reader to prove to be human, in English, Russian, Kazakh, Turkish and Uzbek."""

JAVASCRIPT = (
    "enable javascript", "enable java script", "enable js", "turn on javascript", "turn javascript on", "activate javascript", "javascript is required",
    "javascript required", "javascript is disabled", "requires javascript", "javascript must be enabled", "javascript to be enabled", "allow javascript",
    "включите javascript", "включите java script", "включите джаваскрипт", "включить javascript", "включите поддержку javascript", "включен javascript",
    "включён javascript", "включенный javascript", "включенным javascript", "javascript отключен", "javascript отключён", "javascript выключен", "требуется javascript",
    "необходим javascript", "нужен javascript", "javascript қос", "javascript-ті қос", "javascript'i etkin", "javascript etkin", "javascript yoqing",
)  # fmt: skip
"""Ways to ask for JavaScript, in the same languages."""

ANSWERED = ("captcha", "keystring", "security_code", "securitycode")
"""Words in the markup of a captcha's picture, and of the field for what it says."""

CHALLENGES = (
    Challenge(kind="cloudflare", groups=(one(Place.HEADER, "cf-mitigated: challenge"),)),
    Challenge(
        kind="cloudflare",
        groups=(
            one(Place.SCRIPT, "_cf_chl_opt"),
            Group(
                places=(Place.CODE, Place.ANY_WORDS),
                signs=("/orchestrate/", "challenge-form", "cf-turnstile-response", "just a moment", "один момент", "verify you are human", "cookies to continue"),
            ),
        ),
    ),
    Challenge(
        kind="cloudflare",
        groups=(
            one(Place.CODE, "cf-browser-verification", "jschl_vc", "jschl-answer", "cf-captcha-container", "cf_captcha_kind", "__cf_chl_", "id=\"cf-challenge", "cf_chl_prog"),
            one(Place.ANY_WORDS, "just a moment", "checking your browser", "attention required", "please wait", "security check", "один момент", "проверка браузера"),
        ),
    ),
    Challenge(kind="cloudflare", groups=(one(Place.TITLE, "just a moment..."), REFUSED)),
    Challenge(
        kind="ddos-guard",
        groups=(
            one(Place.CODE, "/.well-known/ddos-guard/js-challenge", "/.well-known/ddos-guard/ddg-captcha-page", "/.well-known/ddos-guard/check", "check.ddos-guard.net", "data-ddg-origin"),
            one(Place.ANY_WORDS, "ddos-guard", "checking your browser", "проверка браузера", "проверяем ваш браузер"),
        ),
    ),
    Challenge(
        kind="ddos-guard",
        groups=(
            one(Place.HEADER, "server: ddos-guard"),
            one(Place.CODE, "/.well-known/ddos-guard/js-challenge", "/.well-known/ddos-guard/ddg-captcha-page", "data-ddg-origin", "check.ddos-guard.net"),
            REFUSED,
        ),
    ),
    Challenge(kind="ddos-guard", groups=(one(Place.TITLE, "ddos-guard"), REFUSED)),
    Challenge(
        kind="sucuri",
        groups=(one(Place.SCRIPT, "sucuri_cloudproxy_js"), one(Place.ANY_WORDS, "you are being redirected", "javascript is required")),
    ),
    Challenge(
        kind="imperva",
        groups=(one(Place.MARKUP, "_incapsula_resource?"), one(Place.WORDS, "incapsula incident id")),
    ),
    Challenge(
        kind="imperva",
        groups=(one(Place.ANY_WORDS, "pardon our interruption"), one(Place.ANY_WORDS, "think you were a bot", "think you might be a bot")),
    ),
    Challenge(kind="aws-waf", groups=(one(Place.HEADER, "x-amzn-waf-action: challenge", "x-amzn-waf-action: captcha"),)),
    Challenge(
        kind="aws-waf",
        groups=(one(Place.SCRIPT, "window.gokuprops", "gokuprops ="), one(Place.CODE, "awswafintegration", ".awswaf.com/", "captchascript.rendercaptcha")),
    ),
    Challenge(
        kind="akamai",
        groups=(one(Place.CODE, "sec-if-cpt-container"), Group(places=(Place.CODE, Place.WORDS), signs=("sec-cpt-if", "sec-bc-", "powered and protected by", "chlge"))),
    ),
    Challenge(
        kind="akamai",
        groups=(one(Place.MARKUP, "bm-verify="), one(Place.SCRIPT, "/_sec/verify", "triggerinterstitialchallenge")),
    ),
    Challenge(
        kind="datadome",
        groups=(
            one(Place.CODE, "captcha-delivery.com/"),
            Group(places=(Place.SCRIPT, Place.WORDS), signs=("var dd=", "var dd =", "enable js and disable any ad blocker")),
        ),
    ),
    Challenge(
        kind="perimeterx",
        groups=(
            one(Place.CODE, "px-captcha", "captcha.px-cdn.net", "captcha.px-cloud.net"),
            one(Place.ANY_WORDS, "access to this page has been denied", "press & hold", "press and hold", "you are a human", "not a bot"),
        ),
    ),
    Challenge(kind="vercel", groups=(one(Place.HEADER, "x-vercel-mitigated: challenge"),)),
    Challenge(kind="vercel", groups=(one(Place.TITLE, "vercel security checkpoint"), REFUSED)),
    Challenge(
        kind="vercel",
        groups=(one(Place.TITLE, "vercel security checkpoint"), Group(places=(Place.CODE, Place.WORDS), signs=(".well-known/vercel/security", "verifying your browser"))),
    ),
    Challenge(kind="qrator", groups=(one(Place.CODE, "/__qrator/qauth"), REFUSED), words=200),
    Challenge(kind="siteground", groups=(one(Place.HEADER, "sg-captcha: challenge"),)),
    Challenge(kind="siteground", groups=(one(Place.CODE, "/.well-known/sgcaptcha/"), one(Place.CODE, "refresh", "location")), words=200),
    Challenge(
        kind="anubis",
        groups=(one(Place.CODE, "/.within.website/x/", "anubis_challenge"), one(Place.ANY_WORDS, "not a bot", "anubis", "вы не бот")),
        words=1300,
        links=0,
    ),
    Challenge(
        kind="imunify360",
        groups=(one(Place.ANY_WORDS, "one moment, please"), one(Place.WORDS, "your request is being verified", "while your request")),
    ),
    Challenge(kind="turnstile", groups=(one(Place.CODE, "challenges.cloudflare.com/turnstile", "cf-turnstile"), HUMAN)),
    Challenge(kind="hcaptcha", groups=(one(Place.CODE, "hcaptcha.com/", "h-captcha"), HUMAN)),
    Challenge(
        kind="smartcaptcha",
        groups=(one(Place.CODE, "smartcaptcha", "checkboxcaptcha", "advancedcaptcha", "/showcaptcha", "/checkcaptcha"), HUMAN),
        fields=1,
    ),
    Challenge(kind="recaptcha", groups=(one(Place.CODE, "recaptcha/api.js", "recaptcha/enterprise.js", "g-recaptcha"), HUMAN)),
    Challenge(
        kind="captcha",
        groups=(one(Place.PICTURE, *ANSWERED), one(Place.FIELD, *ANSWERED), HUMAN),
        fields=1,
    ),
    Challenge(
        kind="javascript-required",
        groups=(one(Place.WORDS, *JAVASCRIPT), one(Place.MARKUP, "<script")),
        words=150,
        links=0,
        by_script=True,
    ),
    Challenge(
        kind="javascript-required",
        groups=(
            one(Place.ASIDE, *JAVASCRIPT),
            one(Place.SCRIPT, "document.cookie=", "document.cookie ="),
            one(Place.SCRIPT, "location.reload", "location.href", "location.replace", "location=", "location ="),
        ),
        words=120,
        links=0,
        by_script=True,
    ),
)  # fmt: skip
"""In this order; the first that fits names the page."""

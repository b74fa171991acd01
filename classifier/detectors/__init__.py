"""The detectors: facts on a page, each with its exact place and words. A new one is one file here, one line in the tuple and one case folder."""

import hashlib

from classifier.detectors.finding import Detector, Finding
from classifier.detectors.licence_claim import LicenceClaim
from classifier.detectors.payment_provider import PaymentProvider
from classifier.detectors.promo_code import PromoCode
from classifier.detectors.shared_identifier import SharedIdentifier

__all__ = ["DETECTORS", "Detector", "Finding", "detectors_id"]

DETECTORS: tuple[Detector, ...] = (
    PaymentProvider(),
    PromoCode(),
    LicenceClaim(),
    SharedIdentifier(),
)


def detectors_id() -> str:
    """Names this set: a capture read by another set is read again."""
    told = " ".join(f"{detector.name}/{detector.version}" for detector in DETECTORS)
    return f"d-{hashlib.sha256(told.encode()).hexdigest()[:12]}"

"""The detectors: facts on a page, each with its exact place and words. A new one is one file here, one line in the tuple and one case folder."""

import hashlib

from classifier.detectors.api_shape import ApiShape
from classifier.detectors.cashier_account import CashierAccount
from classifier.detectors.deposit_form import DepositForm
from classifier.detectors.favicon import Favicon
from classifier.detectors.finding import Detector, Finding
from classifier.detectors.game_provider import GameProviderFrame
from classifier.detectors.licence_claim import LicenceClaim
from classifier.detectors.odds_table import OddsTable
from classifier.detectors.payment_provider import PaymentProvider
from classifier.detectors.picture_text import PictureText
from classifier.detectors.promo_code import PromoCode
from classifier.detectors.shared_identifier import SharedIdentifier
from classifier.detectors.websocket_host import WebSocketHost

__all__ = ["DETECTORS", "Detector", "Finding", "detectors_id"]

DETECTORS: tuple[Detector, ...] = (
    PaymentProvider(),
    PromoCode(),
    LicenceClaim(),
    SharedIdentifier(),
    CashierAccount(),
    DepositForm(),
    GameProviderFrame(),
    OddsTable(),
    ApiShape(),
    WebSocketHost(),
    Favicon(),
    PictureText(),
)


def detectors_id() -> str:
    """Names this set: a capture read by another set is read again."""
    told = " ".join(f"{detector.name}/{detector.version}" for detector in DETECTORS)
    return f"d-{hashlib.sha256(told.encode()).hexdigest()[:12]}"

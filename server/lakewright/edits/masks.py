"""Masks that a company's gateway puts in the place of what it takes for personal data.

An edit with a mask that the file hasn't isn't what the model wrote. Names: Presidio's supported entities.
"""

import html
import re

_CLEAR = (
    "CREDIT_CARD|CREDIT_CARD_NUMBER|DATE_TIME|DATE_OF_BIRTH|EMAIL_ADDRESS|IBAN_CODE|IP_ADDRESS|MAC_ADDRESS|"
    "PHONE_NUMBER|MEDICAL_LICENSE|PERSON_NAME|FIRST_NAME|LAST_NAME|FULL_NAME|STREET_ADDRESS|BANK_ACCOUNT|"
    "BANK_ACCOUNT_NUMBER|DRIVER_LICENSE|PASSPORT_NUMBER|API_KEY|SOCIAL_SECURITY_NUMBER|TAX_ID|"
    "(?:US|UK|ES|IT|PL|SG|AU|IN|FI|KR|TH|DE|FR|CA|BR)_[A-Z]{2,}(?:_[A-Z]+)*"
)
_PLAIN = (
    "PERSON|LOCATION|ORGANIZATION|ADDRESS|EMAIL|PHONE|SSN|NRP|CRYPTO|URL|PASSWORD|USERNAME|REDACTED|MASKED"
)
_MASK = re.compile(  # brackets after a name are generics: `list[URL]`, `Promise<URL>`
    rf"<(?:{_CLEAR})(?:_\d+)?>"
    rf"|\[(?:{_CLEAR}|REDACTED|MASKED)(?:_\d+)?\]"
    rf"|(?<![\w\])>.])[<\[](?:{_PLAIN})(?:_\d+)?[>\]]"
)


def new_mask(written: str, text: str) -> str | None:
    """The first mask in what was written that the text hasn't, escaped or not; or None."""
    plain = html.unescape(written).replace("\\_", "_") if "&" in written or "\\_" in written else written
    for match in _MASK.finditer(plain):
        if match[0] not in text and html.escape(match[0]) not in text:
            return match[0]
    return None

"""Sends every documented kind of message, and prints a line for each, with tabs
between the columns."""

import sys

from partner_messaging import Client, Email, PartnerMessagingError, Sms, WhatsApp

TEMPLATE = "HXf8aa5a783ac6df54b1d28473f2de4c75"
MESSAGES = {
    "whatsapp": WhatsApp(
        to="+6591234567", from_="+6581234567", template_id=TEMPLATE, template_variables={"1": "123456"}
    ),
    "sms-template": Sms(
        to="+6591234567", sender_id="Pathomics", template_id=TEMPLATE, template_variables={"1": "123456"}
    ),
    "sms-text": Sms(to="+6591234567", content="Hello from Python!"),
    "email": Email(to="user@example.com", subject="Hello", html_content="<h1>Hello from Python!</h1>"),
}

failed = False
with Client() as client:
    for kind, message in MESSAGES.items():
        try:
            receipt = client.send(message)
        except PartnerMessagingError as error:
            failed = True
            print(kind, error.outcome, type(error).__name__, "", error.attempts, sep="\t")
        else:
            cost = f"{receipt.cost} {receipt.currency}"
            print(kind, "sent", receipt.message_id, cost, receipt.attempts, sep="\t")
sys.exit(failed)

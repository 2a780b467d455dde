"""Sends every documented kind of message at once with asyncio, and prints a
line for each, with tabs between the columns."""

import asyncio
import sys

from partner_messaging import AsyncClient, Email, PartnerMessagingError, Sms, WhatsApp

TEMPLATE = "HXf8aa5a783ac6df54b1d28473f2de4c75"
MESSAGES = {
    "whatsapp": WhatsApp(
        to="+6591234567", from_="+6581234567", template_id=TEMPLATE, template_variables={"1": "123456"}
    ),
    "sms-template": Sms(
        to="+6591234567", sender_id="Pathomics", template_id=TEMPLATE, template_variables={"1": "123456"}
    ),
    "sms-text": Sms(to="+6591234567", content="Hello from asyncio!"),
    "email": Email(to="user@example.com", subject="Hello", html_content="<h1>Hello from asyncio!</h1>"),
}


async def main() -> bool:
    async with AsyncClient() as client:
        sends = (client.send(message) for message in MESSAGES.values())
        results = await asyncio.gather(*sends, return_exceptions=True)
    failed = False
    for kind, result in zip(MESSAGES, results):
        if isinstance(result, PartnerMessagingError):
            failed = True
            print(kind, result.outcome, type(result).__name__, "", result.attempts, sep="\t")
        elif isinstance(result, BaseException):
            raise result
        else:
            cost = f"{result.cost} {result.currency}"
            print(kind, "sent", result.message_id, cost, result.attempts, sep="\t")
    return failed


sys.exit(asyncio.run(main()))

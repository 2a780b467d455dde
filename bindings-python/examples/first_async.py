"""A complete first program with asyncio: sends one SMS and says what became of it.

The key comes from the environment variable PARTNER_MESSAGING_API_KEY:
python first_async.py +6591234567
"""

import asyncio
import sys

from partner_messaging import AsyncClient, OutcomeUnknownError, PartnerMessagingError, Sms


async def main(recipient: str) -> int:
    async with AsyncClient() as client:
        try:
            receipt = await client.send(Sms(to=recipient, content="Hello from Partner Messaging!"))
        except OutcomeUnknownError as error:
            print(f"perhaps sent, don't send it again blindly: {error}", file=sys.stderr)
            return 3
        except PartnerMessagingError as error:
            print(f"not accepted: {error}", file=sys.stderr)
            return 1
    print(f"sent as {receipt.message_id}, cost {receipt.cost} {receipt.currency}")
    return 0


if len(sys.argv) != 2:
    print("to whom? give a phone number like +6591234567", file=sys.stderr)
    sys.exit(2)
sys.exit(asyncio.run(main(sys.argv[1])))

"""A complete first program: sends one SMS and says what became of it.

The key comes from the environment variable PARTNER_MESSAGING_API_KEY:
python first.py +6591234567
"""

import sys

from partner_messaging import Client, OutcomeUnknownError, PartnerMessagingError, Sms

if len(sys.argv) != 2:
    print("to whom? give a phone number like +6591234567", file=sys.stderr)
    sys.exit(2)

with Client() as client:
    try:
        receipt = client.send(Sms(to=sys.argv[1], content="Hello from Partner Messaging!"))
    except OutcomeUnknownError as error:
        print(f"perhaps sent, don't send it again blindly: {error}", file=sys.stderr)
        sys.exit(3)
    except PartnerMessagingError as error:
        print(f"not accepted: {error}", file=sys.stderr)
        sys.exit(1)

print(f"sent as {receipt.message_id}, cost {receipt.cost} {receipt.currency}")

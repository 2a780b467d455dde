"""A tour of the whole API: sends, waits for what becomes of a message, lists
messages over several pages, compares the balance with what the receipts say, and lets a
message take the next channel. Prints one line, with tabs between the columns.

It wants a service where SMS is configured and WhatsApp is not.
"""

from partner_messaging import Client, Sms, WhatsApp

SENT = 5

with Client() as client:
    before = client.get_balance()

    receipts = [client.send(Sms(to=f"+659123456{n}", content="Hello from Python!")) for n in range(SENT)]
    status = client.wait_for_status(receipts[-1].message_id).status

    pages = list(client.list_messages(channel="SMS", limit=2).pages())
    listed = sum(len(page.messages) for page in pages)

    whatsapp = WhatsApp(
        to="+6591234567", from_="+6581234567", template_id="HXf8aa5a783ac6df54b1d28473f2de4c75"
    )
    sms = Sms(to="+6591234567", content="Hello from Python!")
    accepted = client.send_with_fallback([whatsapp, sms])
    trail = ", ".join(f"{step.channel} {step.outcome}" for step in accepted.trail)

    after = client.get_balance()
    sank = before.amount - after.amount
    spent = sum(entry.cost for entry in client.spending())

print(
    f"{SENT} sent",
    status,
    f"{listed} on {len(pages)} pages",
    f"{sank} {after.currency}",
    f"{spent} {after.currency}",
    trail,
    sep="\t",
)

"""A message, and processes that exit in the midst of calls, with the package that is installed."""

import subprocess
import sys

from partner_messaging import Sms
from partner_messaging.testing import Sandbox

EXITS = """
import asyncio, sys, threading
from partner_messaging import AsyncClient, Client, Sms
url, key = sys.argv[1:]
message = Sms(to="+6591234567", content="Hello")
client = Client(api_key=key, base_url=url)
for _ in range(4):
    threading.Thread(target=client.send, args=(message,), daemon=True).start()
async def main():
    client = AsyncClient(api_key=key, base_url=url)
    tasks = [asyncio.create_task(client.send(message)) for _ in range(4)]
    await asyncio.sleep(0.01)
asyncio.run(main())
"""

with Sandbox() as sandbox, sandbox.client() as client:
    receipt = client.send(Sms(to="+6591234567", content="Hello"))
    print("sent as", receipt.message_id)
    for _ in range(25):
        exited = subprocess.run([sys.executable, "-c", EXITS, sandbox.url, sandbox.api_key], capture_output=True)
        assert exited.returncode == 0, exited
print("25 processes exited in the midst of calls")

"""The script that one would write to send a spreadsheet, and to go on with it after a crash.

bulk_script.py <rows.csv> <log.db> <in flight>
"""

import asyncio
import csv
import os
import sqlite3
import sys

import aiohttp


async def main(rows, database, in_flight):
    log = sqlite3.connect(database)
    log.execute("PRAGMA journal_mode = WAL")
    log.execute("CREATE TABLE IF NOT EXISTS log (id TEXT PRIMARY KEY, state TEXT, message_id TEXT)")
    url = f"{os.environ['PARTNER_MESSAGING_BASE_URL']}/partner/message/send"
    headers = {"x-api-key": os.environ["PARTNER_MESSAGING_API_KEY"]}
    timeout = aiohttp.ClientTimeout(total=30)
    connector = aiohttp.TCPConnector(limit=in_flight)
    left = csv.DictReader(open(rows, newline="", encoding="utf-8"))
    async with aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector) as session:

        async def work():
            for row in left:
                if log.execute("SELECT 1 FROM log WHERE id = ?", (row["id"],)).fetchone():
                    continue
                log.execute("INSERT INTO log VALUES (?, 'begun', NULL)", (row["id"],))
                log.commit()
                message = {"channel": "SMS", "to": row["phone"], "content": row["text"]}
                async with session.post(url, json={"request": message}) as response:
                    response.raise_for_status()
                    envelope = await response.json()
                if envelope["success"] is not True:
                    raise RuntimeError("refused")
                message_id = envelope["data"]["messageId"]
                log.execute("UPDATE log SET state = 'sent', message_id = ? WHERE id = ?", (message_id, row["id"]))
                log.commit()

        await asyncio.gather(*(work() for _ in range(in_flight)))
    log.close()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

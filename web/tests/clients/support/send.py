"""Sends the calls on the standard input by Segment's or RudderStack's client: send.py segment|rudderstack HOST KEY."""

import importlib
import json
import sys
from datetime import datetime

NAMES = {"anonymousId": "anonymous_id", "userId": "user_id", "messageId": "message_id",
         "groupId": "group_id", "previousId": "previous_id"}

library, host, key = sys.argv[1:]
client_of = importlib.import_module(f"{library}.analytics.client").Client
failures = []
client = client_of(key, host=host, max_retries=0, on_error=lambda error, batch: failures.append(error))
for call in json.load(sys.stdin):
    call["timestamp"] = datetime.fromisoformat(call["timestamp"].replace("Z", "+00:00"))
    said = {NAMES.get(name, name): value for name, value in call.items() if name != "type"}
    getattr(client, call["type"])(**said)
client.flush()
client.join()
sys.exit(f"not delivered: {failures}" if failures else 0)

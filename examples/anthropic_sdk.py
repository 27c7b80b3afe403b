"""Ask through the gateway with the Anthropic SDK: start `trimtab serve --upstream anthropic` first."""

import os

from anthropic import Anthropic

base_url = os.environ.get("ANTHROPIC_BASE_URL", "http://127.0.0.1:8787")
client = Anthropic(base_url=base_url, api_key=os.environ["ANTHROPIC_API_KEY"])

answer = client.messages.with_raw_response.create(
    model="claude-haiku-4-5", max_tokens=200, messages=[{"role": "user", "content": "What is a trim tab?"}]
)
print("".join(block.text for block in answer.parse().content if block.type == "text"))
print({name: value for name, value in answer.headers.items() if name.startswith("x-trimtab-")})

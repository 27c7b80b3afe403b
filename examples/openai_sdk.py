"""Ask through the gateway with the OpenAI SDK: start `trimtab serve --upstream openai` first."""

import os

from openai import OpenAI

base_url = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8787/v1")
client = OpenAI(base_url=base_url, api_key=os.environ["OPENAI_API_KEY"])

answer = client.chat.completions.with_raw_response.create(
    model="gpt-4.1-mini", messages=[{"role": "user", "content": "What is a trim tab, in one sentence?"}]
)
print(answer.parse().choices[0].message.content)
print({name: value for name, value in answer.headers.items() if name.startswith("x-trimtab-")})

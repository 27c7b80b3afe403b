"""The provider's prompt-cache arithmetic, against cases worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from tests.conftest import Clock
from tests.prompts import anthropic, block, chat, marked, said, text
from trimtab.pricing import CacheRules, PrefixCache, can_cache, rules_for
from trimtab.pricing.parts import Part, parts_of
from trimtab.request import Block, ChatRequest, Edit, MarkBreakpoint, Message, Tool
from trimtab.response import Usage
from trimtab.tokens import count
from trimtab.wire import CODECS

OPENAI = rules_for("openai", "openai_chat")
CLAUDE = rules_for("anthropic", "anthropic_messages")
GPT56 = rules_for("openai", "openai_chat", "gpt-5.6")


@pytest.fixture
def cache(clock: Clock) -> PrefixCache:
    return PrefixCache(clock)


def content(request: ChatRequest) -> list[tuple[bytes, int]]:
    return [(part.digest, part.tokens) for part in parts_of(request)]


# -- automatic caching ----------------------------------------------------------------------------------------


def test_a_repeated_prompt_is_read_in_steps_of_128_tokens(cache: PrefixCache) -> None:
    """3,000 warm tokens are read as 2,944 (23 steps); what comes after them is fresh."""
    system = said(3000, "system")
    assert cache.send("a", chat([system]), OPENAI) == Usage(fresh=3000)
    assert cache.send("a", chat([system, said(500, word=" b")]), OPENAI) == Usage(fresh=556, read=2944)


def test_a_prefix_below_the_minimum_is_not_read(cache: PrefixCache) -> None:
    """1,023 shared tokens are fresh every time, 1,024 are read."""
    for shared, read in ((1023, 0), (1024, 1024)):
        for word in (" b", " c"):
            usage = cache.send(f"a{shared}", chat([said(shared, "system"), said(400, word=word)]), OPENAI)
        assert usage == Usage(fresh=shared + 400 - read, read=read)


def test_a_prefix_grows_cold_and_every_use_keeps_it_warm(cache: PrefixCache, clock: Clock) -> None:
    """Five minutes after its last use a prefix is fresh again, however old it is."""
    request = chat([said(2048)])
    cache.send("a", request, OPENAI)
    for _ in range(4):
        clock.advance(299)
        assert cache.send("a", request, OPENAI).read == 2048
    clock.advance(300)
    assert cache.send("a", request, OPENAI).read == 0


def test_extended_retention_keeps_a_prefix_for_a_day(cache: PrefixCache, clock: Clock) -> None:
    """With `prompt_cache_retention` 24h the prefix is warm after 23 hours, also for a request that does not ask."""
    kept = chat([said(2048)], model="gpt-5", prompt_cache_retention="24h")
    cache.send("a", kept, OPENAI)
    clock.advance(23 * 3600)
    assert cache.send("a", chat([said(2048)], model="gpt-5"), OPENAI).read == 2048
    clock.advance(23 * 3600)
    assert cache.send("a", kept, OPENAI).read == 2048
    clock.advance(24 * 3600)
    assert cache.send("a", kept, OPENAI).read == 0


def test_a_change_in_a_long_text_leaves_what_is_before_it_warm(cache: PrefixCache) -> None:
    """Only what comes after the change is fresh, to within a piece of the text."""
    first = text(8000)
    cache.send("a", chat([{"role": "system", "content": first + " Monday"}]), OPENAI)
    usage = cache.send("a", chat([{"role": "system", "content": first + " Tuesday"}]), OPENAI)
    assert 7400 <= usage.read <= 8000
    changed_early = cache.send("a", chat([{"role": "system", "content": " Tuesday" + first}]), OPENAI)
    assert changed_early.read == 0


def test_accounts_models_and_formats_share_nothing(cache: PrefixCache) -> None:
    """A prefix is warm for the credential and the model that sent it."""
    cache.send("a", chat([said(2048)]), OPENAI)
    assert cache.send("b", chat([said(2048)]), OPENAI).read == 0
    assert cache.send("a", chat([said(2048)], model="gpt-4.1"), OPENAI).read == 0


def test_another_schema_for_the_answer_is_another_prefix(cache: PrefixCache) -> None:
    """OpenAI puts the schema of a structured answer in front of everything else."""
    schemas = [{"type": "json_schema", "json_schema": {"name": name, "schema": {}}} for name in "xy"]
    reads = [cache.send("a", chat([said(2048)], response_format=schemas[n]), OPENAI).read for n in (0, 1, 0)]
    assert reads == [0, 0, 2048]


def test_the_table_is_bounded_and_forgets_ends_before_beginnings(clock: Clock) -> None:
    """When room runs out, what goes first is what the fewest prompts share."""
    cache = PrefixCache(clock, entries=7)  # the pieces of this one prompt
    request = chat([said(1280, "system"), said(640), said(640, word=" b")])
    cache.send("a", request, OPENAI)
    assert cache.send("a", request, OPENAI).read == 2560
    cache.send("a", chat([said(1100, "system", " z")]), OPENAI)  # three more than there is room for
    assert 1280 <= cache.send("a", request, OPENAI).read < 2560


# -- breakpoints ----------------------------------------------------------------------------------------------


def test_without_breakpoints_everything_is_fresh_every_time(cache: PrefixCache) -> None:
    """Anthropic caches nothing that nobody asked it to."""
    request = anthropic([said(4000)])
    assert [cache.send("a", request, CLAUDE) for _ in range(2)] == [Usage(fresh=4000)] * 2
    assert not can_cache(request, CLAUDE)


def test_a_marked_prefix_is_written_once_and_then_read(cache: PrefixCache) -> None:
    """The marked system text of 2,003 tokens costs a write, then reads; the question behind it is always fresh."""
    system = [block(2000, **marked())]
    first = cache.send("a", anthropic([said(100)], system=system), CLAUDE)
    second = cache.send("a", anthropic([said(200, word=" b")], system=system), CLAUDE)
    assert first == Usage(fresh=100, written=2003)
    assert second == Usage(fresh=200, read=2003)


def test_a_growing_thread_reads_what_it_wrote_and_writes_what_is_new(cache: PrefixCache) -> None:
    """With the breakpoint on the last message, each turn reads the turn before and writes its own."""
    turns: list[dict[str, Any]] = []
    usages = []
    for number in range(3):
        turns += [{"role": "user", "content": [block(1997 if number == 0 else 497, word=f" {'abc'[number]}")]}]
        sent = [*turns[:-1], {"role": "user", "content": [{**turns[-1]["content"][0], **marked()}]}]
        usages.append(cache.send("a", anthropic(sent), CLAUDE))
        turns.append(said(100, "assistant", word=" d"))
    assert usages == [Usage(written=2000), Usage(read=2000, written=600), Usage(read=2600, written=600)]


def test_a_breakpoint_below_the_minimum_writes_nothing(cache: PrefixCache) -> None:
    """1,023 marked tokens stay fresh; Haiku 4.5 needs 4,096."""
    small = anthropic([{"role": "user", "content": [block(1020, **marked())]}])
    assert cache.send("a", small, CLAUDE) == Usage(fresh=1023)
    haiku = rules_for("anthropic", "anthropic_messages", "claude-haiku-4-5")
    request = anthropic([{"role": "user", "content": [block(4000, **marked())]}], model="claude-haiku-4-5")
    assert cache.send("a", request, haiku) == Usage(fresh=4003)


@pytest.mark.parametrize(("blocks_between", "read"), [(19, 2003), (20, 0)])
def test_a_breakpoint_looks_back_at_twenty_blocks_its_own_included(
    cache: PrefixCache, blocks_between: int, read: int
) -> None:
    """An entry nineteen blocks before the breakpoint is found, one twenty blocks before it is not."""
    start = block(2000)
    cache.send("a", anthropic([{"role": "user", "content": [{**start, **marked()}]}]), CLAUDE)
    more = [block(10, word=" b") for _ in range(blocks_between)]
    more[-1] = {**more[-1], **marked()}
    usage = cache.send("a", anthropic([{"role": "user", "content": [start, *more]}]), CLAUDE)
    assert usage == Usage(read=read, written=2003 + 10 * blocks_between - read)


def test_only_what_ended_at_a_breakpoint_is_found_again(cache: PrefixCache) -> None:
    """Looking back finds what was written, not every prefix that was ever sent."""
    shared, own = block(2000), block(500, word=" b", **marked())
    cache.send("a", anthropic([{"role": "user", "content": [shared, own]}]), CLAUDE)
    other = block(500, word=" c", **marked())
    usage = cache.send("a", anthropic([{"role": "user", "content": [shared, other]}]), CLAUDE)
    assert usage == Usage(written=2503)


def test_an_hourly_breakpoint_is_priced_apart_and_kept_for_an_hour(cache: PrefixCache, clock: Clock) -> None:
    """The hourly part of a write is reported as such; after 50 minutes it is warm while the other part is not."""
    system, question = [block(3000, **marked("1h"))], [block(1000, word=" b", **marked())]
    request = anthropic([{"role": "user", "content": question}], system=system)
    assert cache.send("a", request, CLAUDE) == Usage(written=4006, written_1h=3003)
    clock.advance(3000)
    assert cache.send("a", request, CLAUDE) == Usage(read=3003, written=1003)
    clock.advance(3599)
    assert cache.send("a", request, CLAUDE) == Usage(read=3003, written=1003)
    clock.advance(3600)
    assert cache.send("a", request, CLAUDE) == Usage(written=4006, written_1h=3003)


def test_reading_refreshes_an_entry_for_the_time_it_was_written_with(cache: PrefixCache, clock: Clock) -> None:
    """A five-minute breakpoint on what was written for an hour leaves it the hour, and the other way round not."""
    hourly = anthropic([{"role": "user", "content": [block(3000, **marked("1h"))]}])
    short = anthropic([{"role": "user", "content": [block(3000, **marked())]}])
    cache.send("a", hourly, CLAUDE)
    assert cache.send("a", short, CLAUDE).read == 3003
    clock.advance(3000)
    assert cache.send("a", short, CLAUDE).read == 3003
    cache.send("b", short, CLAUDE)
    assert cache.send("b", hourly, CLAUDE).read == 3003
    clock.advance(600)
    assert cache.send("b", hourly, CLAUDE) == Usage(written=3003, written_1h=3003)


def test_automatic_caching_marks_the_last_block(cache: PrefixCache) -> None:
    """A `cache_control` at the top of the request writes all of it, and the next turn reads that."""
    first = [said(2000)]
    more = [*first, said(100, "assistant", " b"), said(300, word=" c")]
    automatic = {"cache_control": {"type": "ephemeral"}}
    assert can_cache(anthropic(first, **automatic), CLAUDE)
    assert cache.send("a", anthropic(first, **automatic), CLAUDE) == Usage(written=2000)
    assert cache.send("a", anthropic(more, **automatic), CLAUDE) == Usage(read=2000, written=400)


def test_another_choice_of_tool_leaves_only_tools_and_system_warm(cache: PrefixCache) -> None:
    """As Anthropic documents it: the messages are written anew, what comes before them is read."""
    tools = [{"name": "look_up", "description": text(2000), "input_schema": {"type": "object"}}]
    fields: dict[str, Any] = {"tools": tools, "system": [block(1000, word=" b", **marked())]}
    messages = [{"role": "user", "content": [block(1000, word=" c", **marked())]}]
    cache.send("a", anthropic(messages, **fields), CLAUDE)
    again = cache.send("a", anthropic(messages, tool_choice={"type": "any"}, **fields), CLAUDE)
    assert again.written == 1003
    assert again.read > 3000
    assert cache.send("a", anthropic(messages, **fields), CLAUDE).written == 0


def test_gpt_5_6_writes_the_whole_prompt_and_reads_it_however_long_ago_the_turn_was(
    cache: PrefixCache, clock: Clock
) -> None:
    """Its implicit breakpoint looks back without a limit in blocks, for half an hour."""
    start = said(2000)
    assert cache.send("a", chat([start], model="gpt-5.6"), GPT56) == Usage(written=2000)
    clock.advance(1799)
    grown = chat([start, *[said(10, word=" b") for _ in range(50)]], model="gpt-5.6")
    assert cache.send("a", grown, GPT56) == Usage(read=2000, written=500)
    other = chat([start, said(100, word=" c")], model="gpt-5.6", prompt_cache_options={"mode": "explicit"})
    assert cache.send("a", other, GPT56) == Usage(fresh=2100)


def test_rules_without_a_cache_count_everything_as_fresh(cache: PrefixCache) -> None:
    """For a provider that is known to cache nothing."""
    assert cache.send("a", chat([said(5000)]), CacheRules("none")) == Usage(fresh=5000)
    assert not can_cache(chat([said(5000)]), CacheRules("none"))


# -- what is content ------------------------------------------------------------------------------------------


def test_a_breakpoint_is_not_content_wherever_it_stands() -> None:
    """With or without markers, first, last or amid the members, the prefix is the same."""
    plain = {"type": "text", "text": text(50)}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": [plain, {"type": "text", "text": "b"}]}
    tool = {"name": "look_up", "description": "Looks things up.", "input_schema": {"type": "object"}}
    mark = marked("1h")

    def request(*, with_marks: bool) -> ChatRequest:
        more = mark if with_marks else {}
        first = {**more, **plain}
        amid = {"type": "text", **more, "text": text(50)}
        inside = {**result, "content": [{**plain, **more}, {"type": "text", "text": "b"}]}
        return anthropic(
            [
                {"role": "user", "content": [first, amid]},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "look_up", "input": {}}]},
                {"role": "user", "content": [inside, {**result, **more}]},
            ],
            system=[{**plain, **more}],
            tools=[{**tool, **more}],
        )

    assert content(request(with_marks=True)) == content(request(with_marks=False))
    marks = [part.mark for part in parts_of(request(with_marks=True))]
    assert marks == ["1h", "1h", "1h", "1h", "", "1h", "1h"]


def test_a_string_is_the_same_as_its_one_block() -> None:
    """Marking a text turns a string into a list of one block, which the provider reads as the same prompt."""
    request = anthropic([said(30), said(20, "assistant"), said(10, word=" c")], system=text(40))
    edits = [Edit(MarkBreakpoint(index), "test", "a breakpoint", "history") for index in (0, 1, 3)]
    changed = CODECS["anthropic_messages"].apply(request, edits)
    assert [part.mark for part in parts_of(changed)] == ["default", "default", "", "default"]
    assert content(changed) == content(request)


def test_white_space_between_tokens_of_json_is_not_content() -> None:
    """Providers read JSON, so a minified schema is the same prefix as the pretty-printed one."""
    body = {"model": "gpt-4o", "messages": [said(10)], "tools": [{"type": "function", "function": {"name": "f"}}]}
    codec = CODECS["openai_chat"]
    pretty = codec.parse(orjson.dumps(body, option=orjson.OPT_INDENT_2))
    assert content(pretty) == content(codec.parse(orjson.dumps(body)))


def test_what_the_model_reads_is_content() -> None:
    """Role, pairing, images, arguments and their order tell prompts apart; so does a call's own `cache_control`."""

    def of(*messages: dict[str, Any]) -> tuple[tuple[bytes, int], ...]:
        return tuple(content(anthropic(list(messages))))

    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
    call = {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1, "b": 2}}
    different = [
        of(said(10)),
        of(said(10, "assistant")),
        of({"role": "user", "content": [image]}),
        of({"role": "user", "content": [{**image, "source": {**image["source"], "data": "BBBB"}}]}),
        of({"role": "assistant", "content": [call]}),
        of({"role": "assistant", "content": [{**call, "id": "t2"}]}),
        of({"role": "assistant", "content": [{**call, "input": {"b": 2, "a": 1}}]}),
        of({"role": "assistant", "content": [{**call, "input": {"a": 1, "b": 2, "cache_control": "x"}}]}),
    ]
    assert len(set(different)) == len(different)


def test_tokens_stand_at_the_block_they_belong_to() -> None:
    """Results with several texts, images and calls share a message without mixing up their tokens."""
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
    results = [
        {"type": "tool_result", "tool_use_id": "t1", "content": [block(100), image, block(50)]},
        {"type": "tool_result", "tool_use_id": "t2", "content": text(30)},
        image,
        block(7),
    ]
    request = anthropic([{"role": "user", "content": results}])
    assert [part.tokens for part in parts_of(request)] == [3 + 150 + 765, 30, 765, 7]


def test_the_parts_of_a_request_hold_all_its_tokens() -> None:
    """However texts are cut into pieces, no token is lost or counted twice."""
    tools = [{"type": "function", "function": {"name": "f", "description": text(900, " word")}}]
    calls = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}]
    request = chat(
        [
            {"role": "system", "content": text(5000, " word")},
            {"role": "user", "content": [{"type": "text", "text": text(700, " word")}, {"type": "text", "text": "b"}]},
            {"role": "assistant", "content": None, "tool_calls": calls},
            {"role": "tool", "tool_call_id": "c", "content": text(300, " word")},
        ],
        tools=tools,
    )
    parts = parts_of(request)
    assert sum(part.tokens for part in parts) == request.tokens
    assert sum(part.ends for part in parts) == 6
    assert len(parts) > 20


def test_a_tool_that_is_loaded_on_demand_is_not_in_the_prompt() -> None:
    """Anthropic leaves deferred tools out until the model asks for them."""
    deferred = {"name": "rare", "description": text(500), "input_schema": {}, "defer_loading": True}
    assert content(anthropic([said(10)], tools=[deferred])) == content(anthropic([said(10)]))


def test_what_is_not_json_is_known_by_its_bytes() -> None:
    """A fragment that no strict reader takes is the same prefix each time, and another where a byte differs."""

    def of(raw: bytes) -> list[Part]:
        message = Message("user", raw, (Block("text", "lone", "person"),))
        return parts_of(replace(chat([said(10)]), messages=(message,), tools=(Tool("f", raw),)))

    first, again, other = (of(rb'{"role":"user","content":"\ud83%s"}' % end) for end in (b"d", b"d", b"e"))
    assert first == again
    assert first != other
    assert [part.tokens for part in first] == [
        Tool("f", rb'{"role":"user","content":"\ud83d"}').tokens,
        3 + count("lone"),
    ]

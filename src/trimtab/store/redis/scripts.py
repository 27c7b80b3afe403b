"""What runs inside Redis: one Lua script whose first argument says what is to be done, so that each write is atomic.

Everything that it touches lies in one shard, whose keys share a hash tag and so a slot of a cluster:

    m  hash     entry -> version, times, size, owner (`redis_keys.META`)     i:ENTRY  string  version, expiry, data
    c  sorted   entries with content, by when they were written              o        sorted  all others, likewise
    x  sorted   entries that expire, by when                                 u        hash    sums, floor, dimensions
    s  set      namespaces with vectors                                      t        set     event streams
    v:NS  vector set, or h:NS/KEY hashes of the query engine                 y:NS     sorted  keys, by when they expire
    e:STREAM  sorted  events by id    b:STREAM, a:STREAM  sorted  blocks of ids by their newest and oldest time

An entry's name is its namespace, percent-encoded, a slash and its key as it is. A script's first write is always one
that Redis refuses when its memory is full: it refuses nothing after that, so that no write is left half done.
"""

from __future__ import annotations

from hashlib import sha1

from trimtab.store.redis.scripts_entries import ENTRIES
from trimtab.store.redis.scripts_events import EVENTS
from trimtab.store.redis.scripts_vectors import VECTORS

SHARED = ("m", "c", "o", "x", "u", "s", "t")
"""The keys that every call names. A cluster that is just moving the shard refuses a call whose keys are torn apart."""

BLOCK = 256
"""Events whose times are looked up together."""

_COMMON = """
local META = '>ddddBI4I4'
local base = string.sub(KEYS[1], 1, -2)
local command, engine = ARGV[1], ARGV[2]
local call = redis.call

local function number(text) if text == '' then return math.huge end return tonumber(text) end
local function add(field, by)
  if by ~= 0 then call('HINCRBY', KEYS[5], field, string.format('%d', by)) end
end
local function unpacked(raw)
  local version, expires, created, size, flags, tenant, thread, at = struct.unpack(META, raw)
  return {version = version, expires = expires, created = created, size = size, content = flags % 2 == 1,
    tenant = string.sub(raw, at, at + tenant - 1), thread = string.sub(raw, at + tenant)}
end
local function entry(id)
  local raw = call('HGET', KEYS[1], id)
  return raw and unpacked(raw)
end
local function is_live(id, meta, now) return meta.expires > now and call('EXISTS', base .. 'i:' .. id) == 1 end
local function split(id) return string.match(id, '^([^/]*)/(.*)$') end
-- What an entry costs beside its data: five places know it by name.
local function cost(id, meta) return meta.size + COST + 4 * #id end
local function vector_cost(size)
  if engine == 'v' then return size + VECTOR_COST end
  return 2 * size + INDEXED_COST
end
local function is_of(meta, tenant, thread)
  return (string.sub(tenant, 1, 1) == '-' or '+' .. meta.tenant == tenant)
    and (string.sub(thread, 1, 1) == '-' or '+' .. meta.thread == thread)
end

local function unvector(ns, key)
  local keys = base .. 'y:' .. ns
  if call('ZREM', keys, key) == 0 then return false end
  if engine == 'v' then call('VREM', base .. 'v:' .. ns, key) else call('DEL', base .. 'h:' .. ns .. '/' .. key) end
  add('vectors', -vector_cost(tonumber(call('HGET', KEYS[5], 'size:' .. ns) or 0)))
  if call('EXISTS', keys) == 0 then
    call('SREM', KEYS[6], ns)
    call('HDEL', KEYS[5], 'dim:' .. ns, 'size:' .. ns)
  end
  return true
end
local function remove(id, meta)
  call('DEL', base .. 'i:' .. id)
  call('HDEL', KEYS[1], id)
  call('ZREM', KEYS[4], id)
  if not meta then
    call('ZREM', KEYS[2], id)
    call('ZREM', KEYS[3], id)
    return
  end
  call('ZREM', meta.content and KEYS[2] or KEYS[3], id)
  add('items', -cost(id, meta))
  if meta.version > tonumber(call('HGET', KEYS[5], 'floor') or 0) then
    call('HSET', KEYS[5], 'floor', string.format('%d', meta.version))
  end
end
local function remove_all(id, meta)
  remove(id, meta)
  unvector(split(id))
end
"""

COST = 450
EVENT_COST = 200
VECTOR_COST = 850
INDEXED_COST = 1600
"""Bytes that an entry, an event, and a vector in a set or in the query engine take in Redis beside their data: measured
with Redis 8.2 as the growth of ``used_memory`` by 20,000 entries, 20,000 events and 5,000 vectors of each kind.
"""
EXACT_ROWS = 1000
"""Up to as many vectors a namespace is scanned whole, which takes about a tenth of a millisecond."""

_CONSTANTS = f"""
local COST, EVENT_COST, VECTOR_COST, INDEXED_COST = {COST}, {EVENT_COST}, {VECTOR_COST}, {INDEXED_COST}
local EXACT, BLOCK = {EXACT_ROWS}, {BLOCK}
"""
_RUN = "return commands[command](unpack(ARGV, 3))\n"
LIBRARY = (_CONSTANTS + _COMMON + ENTRIES + VECTORS + EVENTS + _RUN).encode()
SHA = sha1(LIBRARY, usedforsecurity=False).hexdigest().encode()

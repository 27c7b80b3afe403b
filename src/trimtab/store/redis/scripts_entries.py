"""The part of the Lua library that writes, lists and deletes entries; see `redis_scripts`."""

from __future__ import annotations

ENTRIES = """
local commands = {}

function commands.put(id, now, expected, expires, px, flags, size, owner, data)
  local old = entry(id)
  local version, found = 0, 0
  if old then
    version = old.version
    if expected ~= '' and is_live(id, old, tonumber(now)) then found = version end
  else
    version = tonumber(call('HGET', KEYS[5], 'floor') or 0)
  end
  if expected ~= '' and tonumber(expected) ~= found then return {0, found} end
  version = version + 1
  local value = struct.pack('>ddB', version, number(expires), tonumber(flags)) .. data
  if px == '' then call('SET', base .. 'i:' .. id, value) else call('SET', base .. 'i:' .. id, value, 'PX', px) end
  local new = {size = tonumber(size), content = tonumber(flags) % 2 == 1}
  call('HSET', KEYS[1], id,
    struct.pack('>ddddB', version, number(expires), tonumber(now), new.size, tonumber(flags)) .. owner)
  if old and old.content ~= new.content then call('ZREM', old.content and KEYS[2] or KEYS[3], id) end
  call('ZADD', new.content and KEYS[2] or KEYS[3], now, id)
  if expires ~= '' then call('ZADD', KEYS[4], expires, id)
  elseif old and old.expires < math.huge then call('ZREM', KEYS[4], id) end
  add('items', cost(id, new) - (old and cost(id, old) or 0))
  return {1, version}
end

function commands.delete(id, now)
  local meta = entry(id)
  if not meta then return 0 end
  local live = is_live(id, meta, tonumber(now))
  remove(id, meta)
  return live and 1 or 0
end

function commands.page(which, start, count, now, kind, tenant, thread)
  local found = {}
  local ids = call('ZREVRANGE', KEYS[tonumber(which)], start, start + count - 1)
  for _, id in ipairs(ids) do
    local raw = call('HGET', KEYS[1], id)
    local meta = raw and unpacked(raw)
    if meta and is_of(meta, tenant, thread) and is_live(id, meta, tonumber(now))
      and (kind == '' or string.sub(string.match(id, '^[^/]*') .. ':', 1, #kind + 1) == kind .. ':') then
      found[#found + 1] = id
      found[#found + 1] = raw
    end
  end
  return {#ids, found}
end

function commands.sums(which, start, count, now)
  local kinds, flat = {}, {}
  local ids = call('ZREVRANGE', KEYS[tonumber(which)], start, start + count - 1)
  for _, id in ipairs(ids) do
    local meta = entry(id)
    if meta and is_live(id, meta, tonumber(now)) then
      local kind = string.match(id, '^[^/:]*')
      local sum = kinds[kind] or {0, 0}
      kinds[kind] = {sum[1] + 1, sum[2] + meta.size}
    end
  end
  for kind, sum in pairs(kinds) do
    flat[#flat + 1] = kind
    flat[#flat + 1] = sum[1]
    flat[#flat + 1] = sum[2]
  end
  return {#ids, flat}
end

function commands.purge(cursor, count, tenant, thread, content_only)
  local step = call('HSCAN', KEYS[1], cursor, 'COUNT', count)
  local went = 0
  for at = 1, #step[2], 2 do
    local meta = unpacked(step[2][at + 1])
    if is_of(meta, tenant, thread) and (content_only == '0' or meta.content) then
      remove_all(step[2][at], meta)
      went = went + 1
    end
  end
  return {step[1], went}
end

function commands.sweep(now, count, written_before)
  local ids = call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, count)
  for _, id in ipairs(ids) do remove(id, entry(id)) end
  local went, more = #ids, #ids == tonumber(count)
  for _, ns in ipairs(call('SMEMBERS', KEYS[6])) do
    local keys = call('ZRANGEBYSCORE', base .. 'y:' .. ns, '-inf', now, 'LIMIT', 0, count)
    for _, key in ipairs(keys) do unvector(ns, key) end
    went = went + #keys
    more = more or #keys == tonumber(count)
  end
  if written_before ~= '' then
    ids = call('ZRANGEBYSCORE', KEYS[2], '-inf', written_before, 'LIMIT', 0, count)
    for _, id in ipairs(ids) do remove_all(id, entry(id)) end
    went = went + #ids
    more = more or #ids == tonumber(count)
  end
  return {went, more and 1 or 0}
end

function commands.used()
  local sums = call('HMGET', KEYS[5], 'items', 'vectors', 'events')
  return {tonumber(sums[1] or 0), tonumber(sums[2] or 0), tonumber(sums[3] or 0)}
end

-- The secret stays: without it, every caller would be another tenant.
local function evictable(which, count)
  local ids = {}
  for _, id in ipairs(call('ZRANGE', KEYS[tonumber(which)], 0, count)) do
    if #ids < tonumber(count) and string.match(id, '^[^/]*') ~= 'secret' then ids[#ids + 1] = id end
  end
  return ids
end

function commands.oldest(which, count)
  local found = {}
  for _, id in ipairs(evictable(which, count)) do
    local meta = entry(id)
    found[#found + 1] = meta and string.format('%.17g', meta.created) or '0'
    found[#found + 1] = meta and cost(id, meta) or 0
  end
  return found
end

function commands.evict(which, count)
  local ids = evictable(which, count)
  for _, id in ipairs(ids) do remove_all(id, entry(id)) end
  return #ids
end
"""

"""The part of the Lua library that keeps event logs; see `redis_scripts`."""

from __future__ import annotations

EVENTS = """
local EVENT = '>ddI4I4'
local function of_event(member)
  local id, at, tenant, thread, from = struct.unpack(EVENT, member)
  return {id = id, at = at, tenant = string.sub(member, from, from + tenant - 1),
    thread = string.sub(member, from + tenant, from + tenant + thread - 1)}
end
local function block_of(id) return math.floor(id / BLOCK) end
local function events_of(stream, block)
  local from = string.format('%d', block * BLOCK)
  return call('ZRANGEBYSCORE', base .. 'e:' .. stream, from, '(' .. string.format('%d', (block + 1) * BLOCK))
end
local function drop(stream, members)
  local blocks = {}
  for _, member in ipairs(members) do
    call('ZREM', base .. 'e:' .. stream, member)
    blocks[block_of(of_event(member).id)] = true
    add('events', -(#member + EVENT_COST))
    add('bytes:' .. stream, -#member)
  end
  for block in pairs(blocks) do
    local oldest = math.huge
    for _, member in ipairs(events_of(stream, block)) do oldest = math.min(oldest, of_event(member).at) end
    if oldest < math.huge then call('ZADD', base .. 'a:' .. stream, oldest, block)
    else
      call('ZREM', base .. 'a:' .. stream, block)
      call('ZREM', base .. 'b:' .. stream, block)
    end
  end
  if call('EXISTS', base .. 'e:' .. stream) == 0 then call('SREM', KEYS[7], stream) end
  return #members
end

function commands.append(stream, writer, first_id, ...)
  local lines, last = {...}, tonumber(call('GET', base .. 'w:' .. writer) or -1)
  for at = 1, #lines, 5 do
    if tonumber(lines[at]) > last then
      if call('HEXISTS', KEYS[5], 'id:' .. stream) == 0 then call('HSET', KEYS[5], 'id:' .. stream, first_id) end
      local id = call('HINCRBY', KEYS[5], 'id:' .. stream, 1)
      local time, tenant, thread = lines[at + 1], lines[at + 2], lines[at + 3]
      local member = struct.pack(EVENT, id, tonumber(time), #tenant, #thread) .. tenant .. thread .. lines[at + 4]
      call('ZADD', base .. 'e:' .. stream, id, member)
      call('ZADD', base .. 'b:' .. stream, 'GT', time, block_of(id))
      call('ZADD', base .. 'a:' .. stream, 'LT', time, block_of(id))
      add('events', #member + EVENT_COST)
      add('bytes:' .. stream, #member)
      last = tonumber(lines[at])
    end
  end
  call('SADD', KEYS[7], stream)
  call('SET', base .. 'w:' .. writer, string.format('%d', last), 'EX', 86400)
  return 1
end

function commands.read(stream, after, since, count)
  local log = base .. 'e:' .. stream
  if since == '' then return call('ZRANGEBYSCORE', log, '(' .. after, '+inf', 'LIMIT', 0, count) end
  local blocks, found = call('ZRANGEBYSCORE', base .. 'b:' .. stream, since, '+inf'), {}
  table.sort(blocks, function(a, b) return tonumber(a) < tonumber(b) end)
  for _, block in ipairs(blocks) do
    if tonumber(block) >= block_of(tonumber(after)) then
      for _, member in ipairs(events_of(stream, block)) do
        local event = of_event(member)
        if event.id > tonumber(after) and event.at >= tonumber(since) then found[#found + 1] = member end
        if #found == tonumber(count) then return found end
      end
    end
  end
  return found
end

function commands.trim(stream, before, keep, count)
  local went = 0
  if before ~= '' then
    for _, block in ipairs(call('ZRANGEBYSCORE', base .. 'a:' .. stream, '-inf', '(' .. before, 'LIMIT', 0, 4)) do
      local old = {}
      for _, member in ipairs(events_of(stream, block)) do
        if of_event(member).at < tonumber(before) then old[#old + 1] = member end
      end
      went = went + drop(stream, old)
    end
  end
  if keep ~= '' then
    local beyond = math.min(call('ZCARD', base .. 'e:' .. stream) - tonumber(keep), tonumber(count))
    if beyond > 0 then went = went + drop(stream, call('ZRANGE', base .. 'e:' .. stream, 0, beyond - 1)) end
  end
  return went
end

function commands.streams() return call('SMEMBERS', KEYS[7]) end

function commands.esums()
  local rows, bytes = 0, 0
  for _, stream in ipairs(call('SMEMBERS', KEYS[7])) do
    rows = rows + call('ZCARD', base .. 'e:' .. stream)
    bytes = bytes + tonumber(call('HGET', KEYS[5], 'bytes:' .. stream) or 0)
  end
  return {rows, bytes}
end

function commands.epurge(stream, after, count, tenant, thread)
  local members = call('ZRANGEBYSCORE', base .. 'e:' .. stream, '(' .. after, '+inf', 'LIMIT', 0, count)
  local mine = {}
  for _, member in ipairs(members) do
    local event = of_event(member)
    if is_of(event, tenant, thread) then mine[#mine + 1] = member end
    after = string.format('%d', event.id)
  end
  return {#members == tonumber(count) and after or '', drop(stream, mine)}
end

function commands.eevict(count)
  local went = 0
  for _, stream in ipairs(call('SMEMBERS', KEYS[7])) do
    if went < tonumber(count) then
      went = went + drop(stream, call('ZRANGE', base .. 'e:' .. stream, 0, count - went - 1))
    end
  end
  return went
end
"""

"""The part of the Lua library that keeps vectors; see `redis_scripts`."""

from __future__ import annotations

VECTORS = """
function commands.vadd(ns, key, now, expires, vector, dim, size, quantisation, is_indexed)
  local known = call('HGET', KEYS[5], 'dim:' .. ns)
  if known and known ~= dim then
    for _, old in ipairs(call('ZRANGEBYSCORE', base .. 'y:' .. ns, '-inf', now)) do unvector(ns, old) end
    known = call('HGET', KEYS[5], 'dim:' .. ns)
    if known and known ~= dim then return {0, tonumber(known)} end
  end
  if engine == 'v' then call('VADD', base .. 'v:' .. ns, 'FP32', vector, key, quantisation)
  elseif known or is_indexed == '1' then
    call('HSET', base .. 'h:' .. ns .. '/' .. key, 'v', vector, 'x', expires == '' and '1e300' or expires)
  else return {2, 0} end
  if call('ZADD', base .. 'y:' .. ns, expires == '' and '+inf' or expires, key) == 1 then
    add('vectors', vector_cost(tonumber(size)))
  end
  if not known then
    call('SADD', KEYS[6], ns)
    call('HSET', KEYS[5], 'dim:' .. ns, dim, 'size:' .. ns, size)
  end
  return {1, 0}
end

function commands.vdel(ns, key, now)
  local expires = call('ZSCORE', base .. 'y:' .. ns, key)
  if not expires then return 0 end
  unvector(ns, key)
  return tonumber(expires) > tonumber(now) and 1 or 0
end

function commands.vsim(ns, now, vector, dim, count, effort)
  local known = call('HGET', KEYS[5], 'dim:' .. ns)
  if not known then return {1, {}} end
  if known ~= dim then return {0, tonumber(known)} end
  local keys, set = base .. 'y:' .. ns, base .. 'v:' .. ns
  local total, wanted, asked = call('ZCARD', keys), tonumber(count), tonumber(count)
  local found
  repeat
    local scores = total <= EXACT
      and call('VSIM', set, 'FP32', vector, 'WITHSCORES', 'COUNT', asked, 'TRUTH')
      or call('VSIM', set, 'FP32', vector, 'WITHSCORES', 'COUNT', asked, 'EF', math.max(asked, tonumber(effort)))
    found = {}
    for at = 1, #scores, 2 do
      local expires = call('ZSCORE', keys, scores[at])
      if #found < 2 * wanted and expires and tonumber(expires) > tonumber(now) then
        found[#found + 1] = scores[at]
        found[#found + 1] = scores[at + 1]
      end
    end
    local is_all = #scores < 2 * asked
    asked = asked * 4
  until #found == 2 * wanted or is_all or asked > 4096
  return {1, found}
end

function commands.vsums(now)
  local rows, bytes = 0, 0
  for _, ns in ipairs(call('SMEMBERS', KEYS[6])) do
    local live = call('ZCOUNT', base .. 'y:' .. ns, '(' .. now, '+inf')
    rows = rows + live
    bytes = bytes + live * tonumber(call('HGET', KEYS[5], 'size:' .. ns) or 0)
  end
  return {rows, bytes}
end

function commands.vspaces() return call('SMEMBERS', KEYS[6]) end

function commands.vdrop(ns, count)
  local keys = call('ZRANGE', base .. 'y:' .. ns, 0, count - 1)
  for _, key in ipairs(keys) do unvector(ns, key) end
  return #keys
end

function commands.vevict(count)
  local went = 0
  for _, ns in ipairs(call('SMEMBERS', KEYS[6])) do
    for _, key in ipairs(call('ZRANGE', base .. 'y:' .. ns, 0, count - went - 1)) do
      unvector(ns, key)
      went = went + 1
    end
    if went >= tonumber(count) then break end
  end
  return went
end
"""

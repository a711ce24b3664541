-- Sends the requests of a file in turn, and says as JSON what came back.
-- Arguments: the file (requests end with a zero byte; a byte 1 stands for the
-- number) and the first number.

local heads, tails, count, number, index = {}, {}, 0, 0, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for request in file:read("*a"):gmatch("([^%z]+)") do
    count = count + 1
    local at = request:find("\1", 1, true)
    heads[count] = at and request:sub(1, at - 1) or request
    tails[count] = at and request:sub(at + 1) or false
  end
  file:close()
  number = tonumber(arguments[2])
end

function request()
  index = index + 1
  if index > count then index = 1 end
  local tail = tails[index]
  if not tail then return heads[index] end
  number = number + 1
  return heads[index] .. number .. tail
end

function done(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    '\nBENCH {"requests":%d,"microseconds":%d,"bytes":%d,' ..
    '"p50":%.1f,"p90":%.1f,"p99":%.1f,"longest":%.1f,' ..
    '"refused":%d,"unread":%d,"unwritten":%d,"not_2xx":%d,"timeouts":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    failed.connect, failed.read, failed.write, failed.status, failed.timeout))
end

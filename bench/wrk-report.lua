-- A `request` or `response` function would slow wrk down: what is sent is made once, from the bytes that are asked for.
init = function(args)
  local bytes = tonumber(args[1] or 0)
  if bytes > 0 then
    wrk.method = 'POST'
    wrk.body = string.rep('x', bytes)
  end
end

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed
  ))
end

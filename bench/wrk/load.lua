-- For wrk: asks for many files where told to, and ends with one line that a program can read.
-- Usage: wrk -s load.lua URL -- FILES    (FILES 0: the path of URL, over and over)

function init(args)
   local files = tonumber(args[1])
   if files == 0 then
      return -- wrk then repeats one prepared request, which is cheaper than calling us
   end
   local requests = {}
   for i = 0, files - 1 do
      -- The names that bench/http/tree.py gives them.
      local path = string.format("/tree/%02d/%04d.html", math.floor(i / 100), i)
      requests[i + 1] = wrk.format("GET", path)
   end
   math.randomseed(1) -- every server gets the same sequence
   function request()
      return requests[math.random(files)]
   end
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '\nload.lua: {"requests": %d, "bytes": %d, "microseconds": %d, "errors": ' ..
      '{"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n',
      summary.requests, summary.bytes, summary.duration,
      errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end

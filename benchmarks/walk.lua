-- Walks a list of requests, over and over. Each line of the file is a path, a tab, and a token or nothing.
local requests, turn = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local path, token = line:match("^([^\t]*)\t(.*)$")
        local headers = token ~= "" and { Authorization = "Bearer " .. token } or {}
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format('\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}\n', summary.requests,
        summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end

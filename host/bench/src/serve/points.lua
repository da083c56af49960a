-- The requests of wrk, and its results as one line of JSON.

local number = 0

function request()
    number = number % 1000 + 1
    return wrk.format(nil, "/points/" .. number)
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %f, "failed": %d, "median_us": %d, "p99_us": %d}\n',
        summary.requests, summary.duration / 1e6,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end

// The page of heartbeats and its API, which an admin has where a monitor runs.
#pragma once

#include "pier/admin/config.hpp"
#include "pier/beat/watch.hpp"

/// `config` with /beats/ and /api/beats before its other pages.
pier::admin::config with_beats(pier::admin::config config, std::shared_ptr<pier::beat::watch> watch,
                               unsigned threads);

// The dashboard's pages, which stand in every server with an admin.
#pragma once

#include "pier/admin/config.hpp"

/// `config` with the dashboard for its pages.
pier::admin::config with_dashboard(pier::admin::config config, unsigned threads);

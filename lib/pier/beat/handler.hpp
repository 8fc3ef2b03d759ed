// /api/beats on the admin's address: who is up, as JSON.
#pragma once

#include "pier/beat/watch.hpp"
#include "pier/http/server.hpp"

#include <memory>

namespace pier::beat {

inline constexpr std::string_view api_path = "/api/beats";

/// Answers /api/beats, and has `others` answer the rest; null: 404.
http::handler_factory with_api(std::shared_ptr<watch> common, http::handler_factory others);

} // namespace pier::beat

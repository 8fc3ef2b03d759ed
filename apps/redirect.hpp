// --redirect-http of the servers of files, and the challenges of ACME that it answers.
#pragma once

#include "pier/http/https_options.hpp"

#include <string>
#include <vector>

/// `root` is the site's folder, empty where it has none; `bound` are its addresses. Throws fatal.
void add_redirect(pier::net::runtime& runtime, const pier::http::https_options& options,
                  const pier::http::server_config& server, const std::string& root,
                  const std::vector<pier::net::endpoint>& bound);

// What a command line asks to be downloaded, and where to. No I/O but a look at folders.
#pragma once

#include "pier/get/config.hpp"
#include "pier/get/job.hpp"

#include <vector>

namespace pier::get {

/// In the order of the URLs, the repetitions of each one behind it. Throws ops::fatal for what cannot be.
std::vector<job> make_jobs(const config& c);

} // namespace pier::get

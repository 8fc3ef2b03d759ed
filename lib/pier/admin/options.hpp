// The options of the admin listener.
#pragma once

#include "pier/admin/config.hpp"
#include "pier/ops/options.hpp"

#include <string>
#include <vector>

namespace pier::admin {

class options {
public:
    /// `default_address`: where to listen unless told otherwise; empty: nowhere.
    explicit options(std::string default_address = {}) : default_(std::move(default_address)) {}

    void declare(ops::options& table);

    /// After parsing. Throws ops::fatal.
    admin::config config() const;

private:
    std::vector<std::string> addresses() const;
    admin::config resolved() const;
    std::string wrong() const;

    std::string default_;
    bool off_ = false;
    admin::config config_;
};

} // namespace pier::admin

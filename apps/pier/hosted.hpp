// The services that `pier` runs beside its pages: each has a section of its own, and may be left out.
#pragma once

#include "pier/admin/config.hpp"
#include "pier/net/runtime.hpp"
#include "pier/ops/options.hpp"
#include "service_list.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

class hosted {
public:
    virtual ~hosted() = default;

    /// The section in the file: `upperd`, as its own program is called.
    virtual std::string section() const = 0;
    virtual void declare(pier::ops::options& table) = 0;
    virtual void add_to(pier::net::runtime& runtime) = 0;
    /// What is to be found there, by the names under which add_to() adds it.
    virtual descriptions what() const = 0;
    /// After add_to(): what it has to show to an operator.
    virtual pier::admin::config with_pages(pier::admin::config config, unsigned) { return config; }
};

/// All that there are, and which of them are wanted.
class hosted_services {
public:
    hosted_services();

    void declare(pier::ops::options& table);
    void add_to(pier::net::runtime& runtime);
    /// Of those that are wanted, both.
    descriptions what() const;
    pier::admin::config with_pages(pier::admin::config config, unsigned threads);

private:
    struct entry {
        std::unique_ptr<hosted> service;
        bool wanted = true;
    };
    std::vector<entry> entries_;
};

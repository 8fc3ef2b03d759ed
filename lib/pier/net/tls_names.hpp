// Which certificates a client is shown for the name that it asks for (RFC 6066 section 3). Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pier::net {

/// Of one certificate, in the order of the configuration.
struct named_certificate {
    std::vector<std::string> names; ///< as they stand in it; of wildcards only a whole first label counts
    int kind = 0;                   ///< of its key: of each kind one can be shown beside the others
};

/// Sets of certificates by name. For a name the first certificate of each kind that has it, those that have
/// it as it is before those that have it by a wildcard (RFC 9525 6.3: `*.example.com` is for one label more).
class tls_name_table {
public:
    /// At least one certificate.
    explicit tls_name_table(const std::vector<named_certificate>& certificates);

    using set = std::vector<std::size_t>; ///< indices of certificates, one of each kind
    /// The first is for clients without a name, or with one that no certificate has: the first certificate,
    /// and those of other kinds that share its first name.
    const std::vector<set>& sets() const { return sets_; }

    /// Index into sets(). Capitals and a dot at the end make no difference.
    std::size_t find(std::string_view name) const;

private:
    std::size_t keep(set members);
    set matching(const std::vector<named_certificate>& all, std::string_view name) const;

    std::vector<set> sets_;
    std::map<std::string, std::size_t, std::less<>> exact_;
    std::map<std::string, std::size_t, std::less<>> beneath_; ///< of wildcards, what follows the first label
};

/// In small letters, without a dot at the end; empty for what can be no host's name. Keeps a leading `*.`.
std::string canonical_name(std::string_view name);

} // namespace pier::net

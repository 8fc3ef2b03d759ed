// What is said to names that the table does not have.
#include "pier/base/text.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/options.hpp"

namespace pier::ops {

namespace {

/// "; did you mean X?", or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& names,
                       std::string_view before = "", std::string_view after = "")
{
    std::vector<std::string_view> views(names.begin(), names.end());
    auto meant = nearest(word, views);
    if (!meant)
        return {};
    return std::string("; did you mean ").append(before).append(*meant).append(after).append("?");
}

} // namespace

void options::unknown_word(const std::string& given, const std::map<std::string, meaning>& known) const
{
    std::string word = given.substr(0, given.find('='));
    word.erase(0, word.find_first_not_of('-'));
    std::vector<std::string> names{"help", "version", "config", "check-config"};
    for (const option& o : options_)
        names.push_back(is_main(o) ? o.name : o.full_name());
    for (const auto& [spelling, means] : known)
        names.push_back(spelling);
    auto meant = suggestion(word, names, "--");
    throw fatal(exit_usage,
                "unknown option `" + given + "`" + (meant.empty() ? "; --help lists them all" : meant));
}

void options::unknown_key(const std::string& where, const ini_entry& entry, const std::string& section) const
{
    std::vector<std::string> names;
    for (const option& o : options_)
        if (o.section == section)
            names.push_back(o.name);
    auto meant = suggestion(entry.key, names);
    for (const option& o : options_)
        if (meant.empty() && o.name == entry.key)
            meant = o.section.empty() ? "; it stands in no section" : "; it belongs to [" + o.section + "]";
    if (entry.key == "config" && meant.empty())
        meant = "; a configuration names no other";
    throw fatal(exit_config, where + "unknown key `" + entry.key + "`" +
                                 (section.empty() ? "" : " in [" + section + "]") +
                                 (meant.empty() ? "; --help lists them all" : meant));
}

void options::unknown_section(const std::string& where, const std::string& name) const
{
    std::vector<std::string> names;
    for (const option& o : options_)
        if (!o.section.empty())
            names.push_back(o.section);
    for (const section_kind& kind : kinds_)
        names.push_back(kind.name);
    throw fatal(exit_config, where + "unknown section [" + name + "]" + suggestion(name, names, "[", "]"));
}

void options::unknown_variable(const std::string& name) const
{
    // The nearest is looked for among names of one section, without what all of them begin with.
    std::string prefix = variable_prefix();
    bool is_ours = prefix != "PIER_";
    for (const option& o : options_) {
        std::string own = variable(o);
        own.resize(own.size() - o.name.size());
        if (own.size() > prefix.size() && name.starts_with(own)) {
            prefix = own;
            is_ours = true;
        }
    }
    std::vector<std::string> names;
    std::string elsewhere;
    for (const option& o : options_) {
        std::string own = variable(o);
        if (own.starts_with(prefix))
            names.push_back(own.substr(prefix.size()));
        if (own == variable_prefix() + name.substr(prefix.size()))
            elsewhere = "; did you mean " + own + "?";
    }
    if (prefix == variable_prefix())
        names.emplace_back("CONFIG");
    auto meant = elsewhere.empty() ? suggestion(name.substr(prefix.size()), names, prefix) : elsewhere;
    if (is_ours || !meant.empty())
        throw fatal(exit_config, name + ": there is no such option" + meant);
}

} // namespace pier::ops

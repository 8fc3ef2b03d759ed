#include "pier/ops/completion.hpp"

#include "pier/base/ascii.hpp"

namespace pier::ops {

namespace {

constexpr byte_set word_chars = byte_set("-").with_range('a', 'z').with_range('0', '9');

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text.append(text.empty() ? "" : " ").append(word);
    return text;
}

std::string answer(const value_words& words)
{
    std::string commands;
    if (!words.literal.empty())
        commands += "_pier_words '" + joined(words.literal) + "'; ";
    if (words.file || words.folder)
        commands += words.file ? "_pier_files -f; " : "_pier_files -d; ";
    return commands;
}

} // namespace

value_words words_of(std::string_view value_name)
{
    value_words words;
    if (value_name.starts_with("[=") && value_name.ends_with(']'))
        value_name = value_name.substr(2, value_name.size() - 3);
    while (!value_name.empty()) {
        auto bar = value_name.find('|');
        std::string_view word = value_name.substr(0, bar);
        value_name.remove_prefix(bar == value_name.npos ? value_name.size() : bar + 1);
        words.file = words.file || word == "FILE";
        words.folder = words.folder || word == "DIR";
        if (!word.empty() && word_chars.contains_all(word))
            words.literal.emplace_back(word);
    }
    return words;
}

std::string bash_completion(const options& table)
{
    std::string function = "_" + table.program();
    for (char& c : function)
        c = c == '-' ? '_' : c;
    std::vector<std::string> words;
    std::string cases;
    for (const option& o : table.documented()) {
        bool takes_value = !o.value_name.empty() && o.value_name.front() != '[';
        std::vector<std::string> sections{o.section.empty() ? "" : o.section + "."};
        if (table.is_main(o))
            sections.emplace_back();
        std::string patterns = o.letter ? std::string("-") + o.letter : "";
        for (const std::string& section : sections) {
            words.push_back("--" + section + o.name);
            if (o.value_name.empty() && o.set)
                words.push_back("--" + section + "no-" + o.name);
            patterns.append(patterns.empty() ? "--" : "|--").append(section).append(o.name);
        }
        if (!o.value_name.empty())
            cases += "    " + (takes_value ? patterns : "--" + o.name + "=") + ") " +
                     answer(words_of(o.value_name)) + "return ;;\n";
    }
    std::string operand = answer(words_of(table.operand_value()));
    return "# Completion for " + table.program() + " in bash, made from its table of options.\n" +
           R"(
_pier_words() { mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_pier_files() {
  compopt -o filenames 2> /dev/null
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$1" -- "$cur")
}

)" + function +
           R"(() {
  local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # readline cuts words at the equals sign
  if [[ $cur == = ]]; then
    cur=
    [[ $option != --help ]] || option=--help=
  elif [[ $option == = ]]; then
    option=${COMP_WORDS[COMP_CWORD-2]}
    [[ $option != --help ]] || option=--help=
  fi
  case $option in
)" + cases +
           "  esac\n"
           "  if [[ $cur == -* ]]; then\n"
           "    _pier_words '" +
           joined(words) + "'\n" +
           (operand.empty() ? "" : "  else\n    " + operand.substr(0, operand.size() - 2) + "\n") +
           "  fi\n"
           "}\n"
           "complete -F " +
           function + " " + table.program() + "\n";
}

} // namespace pier::ops

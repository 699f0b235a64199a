#include "host/config/config_resolver.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "host/base/java_text.h"
#include "host/config/config_variables.h"
#include "host/config/parse.h"

namespace host::config {
namespace {

// Shorter values may stand in a text by chance.
constexpr std::size_t kShortestPutBack = 8;

bool can_be_secret(std::string_view value) {
  if (value == "true" || value == "false")
    return false;
  const bool number =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  return !number || value.size() >= 6;
}

void replace_all(std::string &text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

} // namespace

std::vector<std::string> Resolved::secrets() const {
  std::vector<std::string> secrets;
  const auto add = [&](std::string_view text) {
    if (!text.empty() && can_be_secret(text) &&
        std::find(secrets.begin(), secrets.end(), text) == secrets.end())
      secrets.emplace_back(text);
  };
  for (const Replacement &replacement : replacements) {
    add(replacement.value);
    add(java::trim(replacement.value)); // what configuration keys make of it
  }
  return secrets;
}

Result<ConfigResolver> ConfigResolver::from(const StringMap &worker) {
  ConfigResolver resolver;
  for (const std::string &name : parse_list(java::trim(worker.get("config.providers")))) {
    const std::string prefix = "config.providers." + name;
    const std::string *class_name = worker.find(prefix + ".class");
    if (class_name == nullptr)
      return fail(Code::Config, fmt::format("{0}.class: missing; config.providers names {1}, so "
                                            "{0}.class must say which class it is",
                                            prefix, name));
    auto provider =
        make_config_provider(java::trim(*class_name), worker.with_prefix(prefix + ".param."));
    if (!provider)
      return fail(std::move(provider).error().context(prefix));
    resolver.providers_[name] = *std::move(provider);
  }
  return resolver;
}

// One question per provider and path (contract 11).
Result<ConfigResolver::Answers> ConfigResolver::ask(const StringMap &config) const {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> wanted;
  for (const auto &[key, value] : config)
    for (const Variable &variable : variables_in(value))
      if (providers_.contains(variable.provider))
        wanted[{std::string(variable.provider), std::string(variable.path)}].emplace(variable.key);
  Answers answers;
  for (const auto &[place, keys] : wanted) {
    HOST_ASSIGN(
        answers[place],
        providers_.find(place.first)->second->get(place.second, {keys.begin(), keys.end()}));
  }
  return answers;
}

Result<Resolved> ConfigResolver::resolve(const StringMap &config) const {
  Resolved resolved;
  HOST_ASSIGN(const Answers answers, ask(config));
  for (const auto &[place, provided] : answers)
    if (provided.ttl && (!resolved.ttl || *provided.ttl < *resolved.ttl))
      resolved.ttl = provided.ttl;
  for (const auto &[key, value] : config) {
    std::string text;
    std::size_t copied = 0;
    for (const Variable &variable : variables_in(value)) {
      const auto answer =
          answers.find({std::string(variable.provider), std::string(variable.path)});
      const std::string *found =
          answer != answers.end() ? answer->second.values.find(variable.key) : nullptr;
      if (found == nullptr)
        continue;
      const auto begin = static_cast<std::size_t>(variable.text.data() - value.data());
      text.append(value, copied, begin - copied).append(*found);
      copied = begin + variable.text.size();
      const auto known = [&](const auto &entry) { return entry.variable == variable.text; };
      if (std::none_of(resolved.replacements.begin(), resolved.replacements.end(), known))
        resolved.replacements.push_back({std::string(variable.text), *found});
    }
    resolved.values.append(key, text.append(value, copied));
  }
  return resolved;
}

StringMap unresolved(const StringMap &config, const StringMap &raw, const Resolved &resolved) {
  auto replacements = resolved.replacements;
  std::erase_if(replacements, [](const auto &entry) {
    return entry.value.size() < kShortestPutBack || !can_be_secret(entry.value);
  });
  std::stable_sort(replacements.begin(), replacements.end(),
                   [](const auto &a, const auto &b) { return a.value.size() > b.value.size(); });
  StringMap result;
  for (const auto &[key, value] : config) {
    const std::string *own = raw.find(key);
    std::string text = own != nullptr && has_variables(*own) ? *own : value;
    if (text == value)
      for (const auto &[variable, secret] : replacements)
        replace_all(text, secret, variable);
    result.append(key, std::move(text));
  }
  return result;
}

} // namespace host::config

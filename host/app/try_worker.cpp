#include "host/app/try_worker.h"

#include <string_view>
#include <utility>

#include "host/config/properties.h"
#include "host/json/escape.h"

namespace host::app::dry_run {
namespace {

// Inside a JSON text a secret may stand with escapes.
std::vector<std::string> with_json_forms(std::vector<std::string> secrets) {
  const std::size_t count = secrets.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::string quoted;
    json::append_quoted(quoted, secrets[i]);
    std::string inside = quoted.substr(1, quoted.size() - 2);
    if (inside != secrets[i])
      secrets.push_back(std::move(inside));
  }
  return secrets;
}

Raw concealed(const Raw &raw, const Redactor &hidden) {
  return raw ? Raw(hidden.redact(*raw)) : raw;
}

// A converter that the connector does not name is the worker's, with the worker's settings for it
// (contract 5.4).
void take_from_worker(Config &config, const std::string &key, const StringMap &worker) {
  const std::string prefix = key + ".";
  const StringMap own = config.entries;
  for (const auto &[name, value] : own)
    if (name.starts_with(prefix))
      config.entries.erase(name);
  std::erase_if(config.nulls, [&](const std::string &name) { return name.starts_with(prefix); });
  for (const auto &[name, value] : worker)
    if (name == key || name.starts_with(prefix))
      config.entries.append(name, value);
}

} // namespace

Result<WorkerSide> WorkerSide::read(const std::string &path) {
  HOST_ASSIGN(const config::Properties properties, config::read_properties(path));
  const StringMap keys = properties.map();
  WorkerSide side;
  auto providers = config::ConfigResolver::from(keys);
  if (!providers)
    return std::move(providers).error().context(path);
  side.providers_ = *std::move(providers);
  StringMap converters;
  for (const auto &[key, value] : keys)
    if (key.starts_with("key.converter") || key.starts_with("value.converter") ||
        key.starts_with("header.converter"))
      converters.append(key, value);
  auto resolved = side.providers_.resolve(converters);
  if (!resolved)
    return std::move(resolved).error().context(path);
  side.secrets_ = with_json_forms(resolved->secrets());
  side.converters_ = std::move(resolved->values);
  return side;
}

Result<Config> WorkerSide::complete(const Config &given, Redactor &hidden) const {
  HOST_ASSIGN(config::Resolved resolved, providers_.resolve(given.entries));
  hidden.add(secrets_);
  hidden.add(with_json_forms(resolved.secrets()));
  Config config{std::move(resolved.values), given.nulls};
  for (const std::string key : {"key.converter", "value.converter", "header.converter"})
    if (converters_.contains(key) && !config.entries.contains(key) && !config.nulls.contains(key))
      take_from_worker(config, key, converters_);
  return config;
}

RawRecord concealed(const RawRecord &record, const Redactor &hidden) {
  RawRecord shown = record;
  shown.topic = hidden.redact(record.topic);
  shown.key = concealed(record.key, hidden);
  shown.value = concealed(record.value, hidden);
  for (RawHeader &header : shown.headers)
    header = {hidden.redact(header.key), concealed(header.value, hidden)};
  return shown;
}

Error concealed(const Error &error, const Redactor &hidden) {
  return {error.code(), error.exception(), hidden.redact(error.message())};
}

Outcome concealed(Outcome outcome, const Redactor &hidden) {
  if (outcome.record)
    outcome.record = concealed(*outcome.record, hidden);
  if (outcome.failure)
    outcome.failure->error = concealed(outcome.failure->error, hidden);
  return outcome;
}

} // namespace host::app::dry_run

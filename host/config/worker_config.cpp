#include "host/config/worker_config.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "host/base/java_text.h"
#include "host/base/redactor.h"
#include "host/config/cluster_keys.h"
#include "host/config/config_variables.h"
#include "host/config/parse.h"

namespace host::config {
namespace {

// Families of keys that belong to clients, converters and stores.
constexpr std::array<std::string_view, 14> kFamilies = {"producer.",
                                                        "consumer.",
                                                        "admin.",
                                                        "key.converter.",
                                                        "value.converter.",
                                                        "ssl.",
                                                        "header.converter.",
                                                        "sasl.",
                                                        "offset.storage.",
                                                        "status.storage.",
                                                        "security.",
                                                        "metrics.context.",
                                                        "listeners.https.",
                                                        "admin.listeners.https."};

// Unprefixed client keys that admin clients inherit (contract 5.5), and keys that mean something to
// a Java worker only: known, and of no effect here.
constexpr std::array<std::string_view, 13> kClientKeys = {
    "sluice.dev", // set by --dev
    "client.id",           "client.dns.lookup",        "request.timeout.ms",
    "retry.backoff.ms",    "retry.backoff.max.ms",     "reconnect.backoff.ms",
    "send.buffer.bytes",   "reconnect.backoff.max.ms", "receive.buffer.bytes",
    "metadata.max.age.ms", "connections.max.idle.ms",  "socket.connection.setup.timeout.ms"};
constexpr std::array<std::string_view, 6> kWithoutEffect = {
    "plugin.discovery",    "metric.reporters",        "metrics.sample.window.ms",
    "metrics.num.samples", "metrics.recording.level", "topic.creation.enable"};
// Ignoring one of these would do something else than what was asked for.
constexpr std::array<std::string_view, 1> kRefused = {"exactly.once.source.support"};

constexpr std::string_view kProviderPrefix = "config.providers.";

template <std::size_t N>
bool contains(const std::array<std::string_view, N> &keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool in_family(std::string_view key) {
  return std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](std::string_view prefix) { return key.starts_with(prefix); });
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

bool looks_secret(std::string_view key) {
  return key.ends_with("password") || key.ends_with("sasl.jaas.config") ||
         key.ends_with("ssl.keystore.key") || key.ends_with("secret");
}

// Collects findings in the order of the file.
class Checker {
public:
  Checker(const Properties &properties, WorkerConfig &out) : properties_(properties), out_(out) {
    redactor_.add(secrets_of(out));
  }

  void run() {
    for (const Property &entry : properties_.entries)
      check_name(entry);
    check_values();
    check_offset_store();
    if (is_distributed(out_.entries))
      check_cluster();
    const bool good = std::none_of(out_.findings.begin(), out_.findings.end(),
                                   [](const Finding &f) { return f.kind == Finding::Kind::Error; });
    if (!good)
      return;
    if (auto values = worker_def().parse(out_.entries))
      out_.values = *std::move(values);
    else
      error(properties_.file, values.error().message());
  }

private:
  void check_name(const Property &entry) {
    const std::string_view key = entry.key;
    if (is_cluster_key(key) && !is_distributed(out_.entries))
      warn(where(entry), fmt::format("{}: has no effect on a worker of its own, which this is "
                                     "because config.storage.topic is not set",
                                     key));
    if (worker_def().find(key) != nullptr || contains(kClientKeys, key))
      return;
    if (contains(kRefused, key)) {
      if (!entry.value.empty() && entry.value != "disabled")
        error(where(entry), fmt::format("{}: not supported yet; remove it to start without", key));
    } else if (contains(kWithoutEffect, key)) {
      warn(where(entry), fmt::format("{}: has no effect on this worker", key));
    } else if (key.starts_with(kProviderPrefix)) {
      check_provider_key(entry);
    } else if (!in_family(key)) {
      const auto near = nearest_worker_key(key);
      warn(where(entry), near ? fmt::format("{}: unknown key; did you mean {}?", key, *near)
                              : fmt::format("{}: unknown key", key));
    }
  }

  // `config.providers.NAME.class` or `….param.KEY` of a provider that config.providers names.
  void check_provider_key(const Property &entry) {
    std::string_view rest = std::string_view(entry.key).substr(kProviderPrefix.size());
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const List names = parse_list(java::trim(out_.raw.get("config.providers")));
    if (std::find(names.begin(), names.end(), rest.substr(0, dot)) == names.end())
      warn(where(entry), fmt::format("{}: has no effect: config.providers does not name {}",
                                     entry.key, rest.substr(0, dot)));
    rest.remove_prefix(dot);
    if (rest != ".class" && !rest.starts_with(".param."))
      warn(where(entry),
           fmt::format("{}: unknown key; a provider has .class and .param.KEY", entry.key));
  }

  void check_values() {
    for (const ConfigValue &value : worker_def().validate(out_.entries))
      for (const std::string &text : value.errors) {
        const Property *entry = properties_.find(value.name);
        error(entry != nullptr ? where(*entry) : properties_.file, text);
      }
  }

  void check_offset_store() {
    const Property *file = properties_.find("offset.storage.file.filename");
    const Property *topic = properties_.find("offset.storage.topic");
    constexpr std::string_view kRule =
        "exactly one of offset.storage.file.filename and offset.storage.topic must be set";
    if (file == nullptr && topic == nullptr && is_distributed(out_.entries))
      return; // said with the other keys that a cluster needs
    if (file == nullptr && topic == nullptr)
      error(properties_.file, fmt::format("{}: neither is", kRule));
    else if (file != nullptr && topic != nullptr)
      error(where(*topic), fmt::format("{}: the other one is set in line {}", kRule, file->line));
  }

  void check_cluster() {
    for (const auto &[key, text] : check_cluster_keys(out_.entries)) {
      const Property *entry = properties_.find(key);
      error(entry != nullptr ? where(*entry) : properties_.file, text);
    }
  }

  std::string where(const Property &entry) const {
    return fmt::format("{}:{}", properties_.file, entry.line);
  }
  void error(const std::string &where, std::string_view text) {
    out_.findings.push_back(
        {Finding::Kind::Error, redactor_.redact(fmt::format("{}: {}", where, text))});
  }
  void warn(const std::string &where, std::string_view text) {
    out_.findings.push_back({Finding::Kind::Warning, fmt::format("{}: {}", where, text)});
  }

  const Properties &properties_;
  WorkerConfig &out_;
  Redactor redactor_; // what a variable stood for may be a wrong value, but is not shown
};

Status resolve(WorkerConfig &config) {
  HOST_ASSIGN(config.providers, ConfigResolver::from(config.raw));
  HOST_ASSIGN(Resolved resolved, config.providers.resolve(config.raw));
  config.provided_secrets = resolved.secrets();
  config.entries = std::move(resolved.values);
  return {};
}

std::string default_text(const ConfigKey &key) {
  return key.default_value && !is_null(*key.default_value) ? to_text(*key.default_value)
                                                           : std::string();
}

} // namespace

WorkerConfig check_worker_config(const Properties &properties) {
  WorkerConfig config;
  config.raw = config.entries = properties.map();
  if (Status resolved = resolve(config); !resolved)
    config.findings.push_back(
        {Finding::Kind::Error, fmt::format("{}: {}", properties.file, resolved.error().message())});
  Checker(properties, config).run();
  return config;
}

std::optional<std::string> nearest_worker_key(std::string_view key) {
  std::optional<std::string> best;
  std::size_t least = key.size() / 3 + 1; // further away it is another word
  const auto offer = [&](std::string_view candidate) {
    if (const std::size_t d = distance(key, candidate); d < least) {
      least = d;
      best = candidate;
    }
  };
  for (const ConfigKey &known : worker_def().keys())
    offer(known.name);
  for (std::string_view known : kClientKeys)
    offer(known);
  return best;
}

std::string printed(const WorkerConfig &config) {
  std::string text;
  for (const ConfigKey &key : worker_def().keys()) {
    const std::string *given = config.raw.find(key.name);
    if (given != nullptr)
      text += fmt::format("{}={}\n", key.name, *given);
    else if (key.default_value)
      text += fmt::format("# default\n{}={}\n", key.name, default_text(key));
  }
  for (const auto &[key, value] : config.raw)
    if (worker_def().find(key) == nullptr)
      text += fmt::format("{}={}\n", key,
                          looks_secret(key) && !has_variables(value) ? Secret::kHidden : value);
  return text;
}

std::vector<std::string> secrets_of(const WorkerConfig &config) {
  std::vector<std::string> secrets = config.provided_secrets;
  for (const auto &[key, value] : config.entries)
    if (looks_secret(key) && !value.empty())
      secrets.push_back(value);
  return secrets;
}

} // namespace host::config

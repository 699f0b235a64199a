#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "host/config/parse.h"
#include "host/kafka/client_config.h"
#include "host/kafka/client_keys.h"

namespace host::kafka {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.connect.connector.policy.";
constexpr std::string_view kSuffix = "ConnectorClientConfigOverridePolicy";

// `All`, `None`, `Principal`, `Allowlist` from an alias or a class name of Connect's.
std::string policy_name(const StringMap &worker) {
  std::string name = worker.get("connector.client.config.override.policy", "All");
  if (name.starts_with(kPackage))
    name.erase(0, kPackage.size());
  if (name.ends_with(kSuffix))
    name.resize(name.size() - kSuffix.size());
  return name;
}

bool is_allowed(std::string_view policy, const StringMap &worker, std::string_view key) {
  if (policy == "All")
    return true;
  if (policy == "Principal")
    return key == "sasl.jaas.config" || key == "sasl.mechanism" || key == "security.protocol";
  if (policy != "Allowlist")
    return false;
  const auto allowed = config::parse_list(worker.get("connector.client.config.override.allowlist"));
  return std::ranges::find(allowed, key) != allowed.end();
}

} // namespace

std::vector<OverrideError> check_overrides(const StringMap &worker, const StringMap &connector) {
  constexpr std::array<std::pair<std::string_view, std::uint8_t>, 3> kPrefixes = {
      {{"producer.override.", kProducerKey},
       {"consumer.override.", kConsumerKey},
       {"admin.override.", kAdminKey}}};
  const std::string policy = policy_name(worker);
  std::vector<OverrideError> errors;
  for (const auto &[full, value] : connector)
    for (const auto &[prefix, clients] : kPrefixes) {
      if (!std::string_view(full).starts_with(prefix))
        continue;
      const std::string_view key = std::string_view(full).substr(prefix.size());
      if (!is_allowed(policy, worker, key))
        errors.push_back({full, fmt::format("The '{}' policy does not allow '{}' to be overridden "
                                            "in the connector configuration.",
                                            policy, key)});
      const ClientKey *row = find_client_key(key);
      if (row == nullptr || (row->clients & clients) == 0)
        continue;
      if (const auto parsed = parse_client_value(*row, value); !parsed)
        errors.push_back({full, parsed.error().message()});
    }
  return errors;
}

} // namespace host::kafka
